-- Lines of invoices that customers dispute, with what shows it; credit notes that correct a price, not a quantity.

ALTER TABLE invoice_lines
    ADD COLUMN price_only boolean NOT NULL DEFAULT false,
    ADD CONSTRAINT only_a_correction_is_of_the_price CHECK (NOT price_only OR corrects_line IS NOT NULL);
COMMENT ON COLUMN invoice_lines.price_only IS 'a credit note''s line that lowers the price of all that was left, and takes no goods back';

CREATE TABLE disputes (
    account_id uuid NOT NULL REFERENCES accounts,
    id uuid NOT NULL,
    invoice_id uuid NOT NULL,
    line_no int NOT NULL,
    reason text NOT NULL CHECK (reason IN ('price', 'quantity', 'not_delivered', 'not_ordered', 'damaged', 'tax', 'other')),
    quantity numeric(12,3) NOT NULL CHECK (quantity > 0),
    words text NOT NULL CHECK (words <> ''),
    status text NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'accepted', 'declined', 'withdrawn')),
    member_id uuid NOT NULL,
    by_name text NOT NULL,
    at timestamptz NOT NULL,
    answer text NOT NULL DEFAULT '',
    ended_by text NOT NULL DEFAULT '',
    ended_at timestamptz,
    credit_note_id uuid,
    PRIMARY KEY (account_id, id),
    FOREIGN KEY (account_id, invoice_id, line_no) REFERENCES invoice_lines,
    FOREIGN KEY (account_id, member_id) REFERENCES members,
    FOREIGN KEY (account_id, credit_note_id) REFERENCES invoices,
    CONSTRAINT dispute_is_open_or_has_ended CHECK ((status = 'open') = (ended_at IS NULL)),
    CONSTRAINT only_what_is_accepted_is_credited CHECK (credit_note_id IS NULL OR status = 'accepted')
);
CREATE UNIQUE INDEX disputed_once_at_a_time ON disputes (account_id, invoice_id, line_no) WHERE status = 'open';
CREATE INDEX disputes_of_invoice ON disputes (account_id, invoice_id);
CREATE INDEX disputes_to_answer ON disputes (at, id) WHERE status = 'open';
CREATE INDEX disputes_ended ON disputes (ended_at DESC, id) WHERE status <> 'open';

-- Evidence, kept as attached files are (0015).
CREATE TABLE dispute_files (
    account_id uuid NOT NULL,
    id uuid NOT NULL,
    dispute_id uuid NOT NULL,
    name text NOT NULL CHECK (name <> ''),
    media_type text NOT NULL,
    size int NOT NULL CHECK (size > 0),
    sha256 bytea NOT NULL,
    by_name text NOT NULL,
    at timestamptz NOT NULL,
    bytes bytea NOT NULL,
    PRIMARY KEY (account_id, id),
    CONSTRAINT shown_once UNIQUE (account_id, dispute_id, sha256),
    FOREIGN KEY (account_id, dispute_id) REFERENCES disputes
);
ALTER TABLE dispute_files ALTER COLUMN bytes SET STORAGE EXTERNAL;

CALL secure_tenant_table('disputes');
CALL secure_tenant_table('dispute_files');
GRANT SELECT ON disputes, dispute_files TO buyerdesk_app, buyerdesk_staff, buyerdesk_job;
GRANT INSERT (account_id, id, invoice_id, line_no, reason, quantity, words, member_id, by_name, at) ON disputes TO buyerdesk_app;
GRANT UPDATE (status, ended_by, ended_at) ON disputes TO buyerdesk_app;
GRANT UPDATE (status, answer, ended_by, ended_at, credit_note_id) ON disputes TO buyerdesk_staff;
GRANT INSERT ON dispute_files TO buyerdesk_app;
-- A customer can take a dispute back, and nothing else.
CREATE POLICY only_withdrawn ON disputes AS RESTRICTIVE FOR UPDATE TO buyerdesk_app USING (status = 'open') WITH CHECK (status = 'withdrawn');

-- What is left to credit of an invoice, as in 0018: what was credited of the price lowers what one costs, not how many are left.
CREATE OR REPLACE FUNCTION creditable_json(of_account uuid, of_invoice uuid) RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT jsonb_agg(jsonb_build_array(l.line_no, l.sku, l.name, l.unit, (l.unit_price - COALESCE(c.less, 0))::text, l.tax_rate::text, l.tax_category, l.order_line,
               (l.quantity - COALESCE(c.quantity, 0))::text, (l.net - COALESCE(c.net, 0))::text) ORDER BY l.line_no)
    FROM invoice_lines l
    LEFT JOIN (SELECT n.corrects_line, 
                      COALESCE(sum(n.quantity) FILTER (WHERE NOT n.price_only), 0) AS quantity, sum(n.net) AS net,
                      sum(n.unit_price) FILTER (WHERE n.price_only) AS less
               FROM invoices d JOIN invoice_lines n ON (n.account_id, n.invoice_id) = (d.account_id, d.id)
               WHERE d.account_id = of_account AND d.corrects = of_invoice GROUP BY 1) c ON c.corrects_line = l.line_no
    WHERE l.account_id = of_account AND l.invoice_id = of_invoice AND l.quantity > COALESCE(c.quantity, 0)
$$;
