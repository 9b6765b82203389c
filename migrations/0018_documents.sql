-- Documents that are made here: shipping issues invoices, staff credit them, and all of them are written as EN 16931 as well.

ALTER TABLE seller
    ADD COLUMN endpoint text NOT NULL DEFAULT '',
    ADD COLUMN invoice_series text NOT NULL DEFAULT 'INV' CHECK (invoice_series ~ '^[A-Z0-9]{1,10}$'),
    ADD COLUMN credit_series text NOT NULL DEFAULT 'CN' CHECK (credit_series ~ '^[A-Z0-9]{1,10}$'),
    ADD CONSTRAINT series_differ CHECK (invoice_series <> credit_series);
COMMENT ON COLUMN seller.endpoint IS 'electronic address, scheme:id (ISO 6523 EAS); empty: from the VAT number';

ALTER TABLE accounts
    ADD COLUMN language text NOT NULL DEFAULT 'en' CHECK (language IN ('en', 'de', 'fr')),
    ADD COLUMN invoicing text NOT NULL DEFAULT 'per_shipment' CHECK (invoicing IN ('per_shipment', 'per_order', 'elsewhere')),
    ADD COLUMN endpoint text NOT NULL DEFAULT '',
    ADD COLUMN tax_treatment text CHECK (tax_treatment IN ('exempt', 'reverse_charge', 'intra_community', 'export'));
COMMENT ON COLUMN accounts.invoicing IS 'elsewhere: another system makes the invoices, and they are imported';
COMMENT ON COLUMN accounts.tax_treatment IS 'why nothing is charged where nothing is; null: abroad an export, at home the zero rate';

ALTER TABLE invoices
    ADD COLUMN delivered_on date,
    ADD COLUMN corrects uuid,
    ADD COLUMN credits int NOT NULL DEFAULT 0 CHECK (credits >= 0),
    ADD COLUMN reason text NOT NULL DEFAULT '',
    ADD COLUMN language text NOT NULL DEFAULT 'en' CHECK (language IN ('en', 'de', 'fr')),
    ADD COLUMN buyer jsonb NOT NULL DEFAULT '{}',
    ADD FOREIGN KEY (account_id, corrects) REFERENCES invoices,
    ADD CONSTRAINT only_a_credit_note_corrects CHECK (kind = 'credit_note' OR corrects IS NULL);
COMMENT ON COLUMN invoices.credits IS 'how many credit notes correct it: what is locked while one more is made';
COMMENT ON COLUMN invoices.buyer IS 'name, VAT number, electronic address and country on the day of issue; empty: imported';
CREATE INDEX invoices_of_order ON invoices (account_id, order_id) WHERE order_id IS NOT NULL;
CREATE INDEX invoices_correcting ON invoices (account_id, corrects) WHERE corrects IS NOT NULL;

ALTER TABLE invoice_lines
    ADD COLUMN tax_category text NOT NULL DEFAULT 'standard'
        CHECK (tax_category IN ('standard', 'reduced', 'zero', 'exempt', 'reverse_charge', 'intra_community', 'export')),
    ADD COLUMN order_line int,
    ADD COLUMN corrects_line int;
COMMENT ON COLUMN invoice_lines.order_line IS 'position in the document''s order';
COMMENT ON COLUMN invoice_lines.corrects_line IS 'position in the invoice that its document corrects';

-- What was written before there were categories gets the ones that it meant. Forced row-level security holds the owner, too.
ALTER TABLE invoice_lines NO FORCE ROW LEVEL SECURITY;
UPDATE invoice_lines l
SET tax_category = CASE WHEN l.tax_rate > 0 THEN 'reduced' WHEN a.country <> s.country THEN 'export' ELSE 'zero' END
FROM accounts a, seller s WHERE a.id = l.account_id AND (l.tax_rate < s.default_tax_rate OR l.tax_rate = 0);
ALTER TABLE invoice_lines FORCE ROW LEVEL SECURITY;

-- Beside the lines, on the whole document.
CREATE TABLE invoice_charges (
    account_id uuid NOT NULL,
    invoice_id uuid NOT NULL,
    no int NOT NULL CHECK (no > 0),
    what text NOT NULL CHECK (what IN ('delivery', 'restocking')),
    net numeric(19,4) NOT NULL CHECK (net >= 0),
    tax_rate numeric(5,2) NOT NULL CHECK (tax_rate BETWEEN 0 AND 100),
    tax_category text NOT NULL
        CHECK (tax_category IN ('standard', 'reduced', 'zero', 'exempt', 'reverse_charge', 'intra_community', 'export')),
    PRIMARY KEY (account_id, invoice_id, no),
    FOREIGN KEY (account_id, invoice_id) REFERENCES invoices
);
COMMENT ON TABLE invoice_charges IS 'delivery is put on, a restocking fee is taken off';
CALL secure_tenant_table('invoice_charges');

GRANT SELECT ON invoice_charges TO buyerdesk_app, buyerdesk_staff, buyerdesk_job;
GRANT INSERT ON invoice_charges TO buyerdesk_staff, buyerdesk_job;
GRANT INSERT ON invoices, invoice_lines TO buyerdesk_staff;
GRANT UPDATE (credits) ON invoices TO buyerdesk_staff, buyerdesk_job;

-- A kind of notice of its own: those who pay are told of every document.
ALTER TABLE notices DROP CONSTRAINT notices_kind_check,
    ADD CONSTRAINT notices_kind_check CHECK (kind IN ('ask', 'decision', 'talk', 'quote', 'invoice', 'company'));
ALTER TABLE members DROP CONSTRAINT members_no_mail_check,
    ADD CONSTRAINT members_no_mail_check CHECK (no_mail <@ ARRAY['ask', 'decision', 'talk', 'quote', 'invoice', 'company']);

-- How a customer is invoiced is for the seller's people to say, within the accounts that they may see.
CREATE POLICY assigned_settings ON accounts FOR UPDATE TO buyerdesk_staff
    USING ((SELECT current_setting('app.staff_all')::boolean) OR id IN
           (SELECT a.account_id FROM staff_assignments a WHERE a.person_id = (SELECT current_setting('app.person_id')::uuid)));
GRANT UPDATE (language, invoicing, endpoint, tax_treatment, tax_rate, tax_number) ON accounts TO buyerdesk_staff;

-- ---------------------------------------------------------------------------------------------
-- Legal numbers have no gaps: one counter a series, which goes on only with the document that it was drawn for. It is the last
-- lock that a transaction takes, because everybody waits for it.
CREATE TABLE document_series (
    series text PRIMARY KEY,
    first bigint NOT NULL,
    last bigint NOT NULL,
    CHECK (last >= first - 1)
);
GRANT SELECT, INSERT ON document_series TO buyerdesk_job;

-- The next number of a series. A new one begins behind what a former system wrote in the same shape.
CREATE FUNCTION draw_number(of_series text) RETURNS bigint
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE drawn bigint;
BEGIN
    UPDATE document_series d SET last = d.last + 1 WHERE d.series = of_series RETURNING d.last INTO drawn;
    IF drawn IS NULL THEN
        INSERT INTO document_series AS d (series, first, last)
        SELECT of_series, n.next, n.next
        FROM (SELECT 1 + COALESCE(max(substring(i.number FROM length(of_series) + 2)::bigint), 0) AS next FROM invoices i
              WHERE i.number ~ ('^' || of_series || '-[0-9]{1,15}$')) n
        ON CONFLICT (series) DO UPDATE SET last = d.last + 1 RETURNING d.last INTO drawn;
    END IF;
    RETURN drawn;
END $$;
REVOKE EXECUTE ON FUNCTION draw_number(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION draw_number(text) TO buyerdesk_staff, buyerdesk_job;

-- ---------------------------------------------------------------------------------------------
-- What is left to credit of an invoice: position, article, name, unit, price, tax rate, category, position in the order, quantity
-- and amount that no credit note has taken. Runs as whoever asks, under their row-level security.
CREATE FUNCTION creditable_json(of_account uuid, of_invoice uuid) RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT jsonb_agg(jsonb_build_array(l.line_no, l.sku, l.name, l.unit, l.unit_price::text, l.tax_rate::text, l.tax_category, l.order_line,
               (l.quantity - COALESCE(c.quantity, 0))::text, (l.net - COALESCE(c.net, 0))::text) ORDER BY l.line_no)
    FROM invoice_lines l
    LEFT JOIN (SELECT n.corrects_line, sum(n.quantity) AS quantity, sum(n.net) AS net
               FROM invoices d JOIN invoice_lines n ON (n.account_id, n.invoice_id) = (d.account_id, d.id)
               WHERE d.account_id = of_account AND d.corrects = of_invoice GROUP BY 1) c ON c.corrects_line = l.line_no
    WHERE l.account_id = of_account AND l.invoice_id = of_invoice AND l.quantity > COALESCE(c.quantity, 0)
$$;

-- The documents of an order, the oldest first: number, kind, day, total, currency, what it corrects, source, what is left to
-- credit of its lines and of its delivery charge.
CREATE FUNCTION invoices_json(of_account uuid, of_order uuid) RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT jsonb_agg(jsonb_build_array(i.number, i.kind, i.issued_on, i.gross::text, i.currency,
               (SELECT c.number FROM invoices c WHERE (c.account_id, c.id) = (i.account_id, i.corrects)), i.source,
               CASE i.kind WHEN 'invoice' THEN creditable_json(i.account_id, i.id) END,
               (SELECT c.net::text FROM invoice_charges c
                WHERE (c.account_id, c.invoice_id) = (i.account_id, i.id) AND c.what = 'delivery' AND i.kind = 'invoice'
                  AND NOT EXISTS (SELECT 1 FROM invoices n JOIN invoice_charges k ON (k.account_id, k.invoice_id) = (n.account_id, n.id)
                                  WHERE (n.account_id, n.corrects) = (i.account_id, i.id) AND k.what = 'delivery'))) ORDER BY i.issued_on, i.id)
    FROM invoices i WHERE i.account_id = of_account AND i.order_id = of_order
$$;
GRANT EXECUTE ON FUNCTION creditable_json(uuid, uuid), invoices_json(uuid, uuid) TO buyerdesk_staff;
