-- Quotes: a case between a customer and the seller, with versions that never change, a thread, files, and the orders that came
-- of it. Documents are kept as they were read (domain::quotes): what a version says does not depend on any product or price list.
-- What customers must never see (cost, margin, words among colleagues) is in columns and rows that their role cannot read.

ALTER TABLE seller ADD COLUMN floor_margin numeric(5,2) NOT NULL DEFAULT 15 CHECK (floor_margin >= 0 AND floor_margin < 100);
ALTER TABLE seller ADD COLUMN default_tax_rate numeric(5,2) NOT NULL DEFAULT 20 CHECK (default_tax_rate BETWEEN 0 AND 100);
COMMENT ON COLUMN seller.default_tax_rate IS 'percent, for what is quoted without being an article';
COMMENT ON COLUMN seller.floor_margin IS 'percent of the price; a quote below it goes out when a second person lets it';

CREATE TABLE product_costs (
    product_id uuid PRIMARY KEY REFERENCES products,
    cost numeric(19,4) NOT NULL CHECK (cost >= 0),
    currency char(3) NOT NULL
);
COMMENT ON TABLE product_costs IS 'what a piece costs the seller; customers'' roles cannot read it';
GRANT SELECT ON product_costs TO buyerdesk_staff, buyerdesk_job;
GRANT INSERT, UPDATE ON product_costs TO buyerdesk_job;

CREATE SEQUENCE quote_numbers;
GRANT USAGE ON SEQUENCE quote_numbers TO buyerdesk_app, buyerdesk_staff, buyerdesk_job;

CREATE TABLE quotes (
    account_id uuid NOT NULL REFERENCES accounts,
    id uuid NOT NULL,
    number text NOT NULL,
    title text NOT NULL,
    status text NOT NULL CHECK (status IN ('draft', 'requested', 'sent', 'changes_asked', 'partly_accepted', 'accepted',
                                           'declined', 'refused', 'withdrawn', 'expired')),
    version int NOT NULL DEFAULT 1,
    member_id uuid NOT NULL,
    asked_by text NOT NULL,
    request jsonb CHECK (jsonb_typeof(request) = 'object'),
    needed_by date,
    currency char(3) NOT NULL,
    in_force int NOT NULL DEFAULT 0 CHECK (in_force >= 0),
    valid_until date,
    line_count int NOT NULL,
    value numeric(19,4),
    owner_id uuid,
    owner_name text NOT NULL DEFAULT '',
    owner_email text NOT NULL DEFAULT '',
    release_asked boolean NOT NULL DEFAULT false,
    said int NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL,
    since timestamptz NOT NULL,
    PRIMARY KEY (account_id, id),
    CONSTRAINT quote_number_taken UNIQUE (account_id, number),
    FOREIGN KEY (account_id, member_id) REFERENCES members,
    CONSTRAINT asked_for_or_begun CHECK (request IS NOT NULL OR status NOT IN ('requested', 'refused')),
    CONSTRAINT what_is_sent_has_a_version CHECK (status NOT IN ('sent', 'partly_accepted', 'accepted', 'declined', 'expired') OR in_force > 0),
    CONSTRAINT what_is_in_force_has_a_last_day CHECK ((in_force = 0) = (valid_until IS NULL))
);
COMMENT ON COLUMN quotes.version IS 'guards against two people at once: raised by whatever moves the quote';
COMMENT ON COLUMN quotes.in_force IS 'the last version that was sent; 0: none';
COMMENT ON COLUMN quotes.value IS 'for lists: what the version in force comes to with tax and delivery, else an estimate before tax';
COMMENT ON COLUMN quotes.said IS 'entries of its thread, those among colleagues too';
COMMENT ON COLUMN quotes.owner_id IS 'who answers at the seller; a person of its staff';
CREATE INDEX quotes_number ON quotes (number);
CREATE INDEX quotes_queue ON quotes (account_id, status, since, id);
CREATE INDEX quotes_by_member ON quotes (account_id, member_id, since, id);
CREATE INDEX quotes_running_out ON quotes (valid_until) WHERE status IN ('sent', 'partly_accepted');

-- What was sent. Append-only.
CREATE TABLE quote_versions (
    account_id uuid NOT NULL,
    quote_id uuid NOT NULL,
    no int NOT NULL CHECK (no > 0),
    document jsonb NOT NULL CHECK (jsonb_typeof(document) = 'object'),
    totals jsonb NOT NULL,
    gross numeric(19,4) NOT NULL,
    valid_until date NOT NULL,
    sent_by text NOT NULL,
    sent_at timestamptz NOT NULL,
    internals jsonb NOT NULL,
    released_by text,
    PRIMARY KEY (account_id, quote_id, no),
    FOREIGN KEY (account_id, quote_id) REFERENCES quotes
);
COMMENT ON COLUMN quote_versions.internals IS 'cost and words among colleagues: not for customers';
COMMENT ON COLUMN quote_versions.released_by IS 'who let prices below the floor margin go out';

-- The version in the making: the seller's alone.
CREATE TABLE quote_drafts (
    account_id uuid NOT NULL,
    quote_id uuid NOT NULL,
    draft jsonb NOT NULL CHECK (jsonb_typeof(draft) = 'object'),
    version int NOT NULL DEFAULT 1,
    saved_person uuid NOT NULL,
    saved_by text NOT NULL,
    saved_at timestamptz NOT NULL,
    release_asked_person uuid,
    release_asked_by text,
    released_person uuid,
    released_by text,
    PRIMARY KEY (account_id, quote_id),
    FOREIGN KEY (account_id, quote_id) REFERENCES quotes,
    CONSTRAINT release_is_asked_before_it_is_given CHECK (released_person IS NULL OR release_asked_person IS NOT NULL),
    CONSTRAINT nobody_releases_their_own_draft CHECK (released_person <> saved_person AND released_person <> release_asked_person)
);

-- What was said and done, in order. Append-only.
CREATE TABLE quote_thread (
    account_id uuid NOT NULL,
    quote_id uuid NOT NULL,
    seq int NOT NULL CHECK (seq > 0),
    side text NOT NULL CHECK (side IN ('buyer', 'seller', 'clock')),
    by_name text NOT NULL,
    what text NOT NULL DEFAULT '',
    words text NOT NULL DEFAULT '',
    internal boolean NOT NULL DEFAULT false,
    at timestamptz NOT NULL,
    PRIMARY KEY (account_id, quote_id, seq),
    FOREIGN KEY (account_id, quote_id) REFERENCES quotes,
    CONSTRAINT something_was_said_or_done CHECK (what <> '' OR words <> '')
);

-- Attached files, in the database: they are in its backup, behind its row-level security, and there for every server.
CREATE TABLE quote_files (
    account_id uuid NOT NULL,
    id uuid NOT NULL,
    quote_id uuid NOT NULL,
    name text NOT NULL CHECK (name <> ''),
    media_type text NOT NULL,
    size int NOT NULL CHECK (size > 0),
    sha256 bytea NOT NULL,
    side text NOT NULL CHECK (side IN ('buyer', 'seller')),
    by_name text NOT NULL,
    at timestamptz NOT NULL,
    bytes bytea NOT NULL,
    PRIMARY KEY (account_id, id),
    CONSTRAINT attached_once UNIQUE (account_id, quote_id, sha256),
    FOREIGN KEY (account_id, quote_id) REFERENCES quotes
);
ALTER TABLE quote_files ALTER COLUMN bytes SET STORAGE EXTERNAL;

-- Orders of a quote: which version, which of its lines. How much of a quote is ordered is the sum of the orders that stand.
ALTER TABLE orders
    ADD COLUMN quote_id uuid,
    ADD COLUMN quote_version int,
    ADD CONSTRAINT order_of_a_version FOREIGN KEY (account_id, quote_id, quote_version) REFERENCES quote_versions,
    ADD CONSTRAINT a_quote_and_its_version CHECK ((quote_id IS NULL) = (quote_version IS NULL));
CREATE INDEX orders_quote ON orders (account_id, quote_id) WHERE quote_id IS NOT NULL;
ALTER TABLE order_lines
    ADD COLUMN quote_line int,
    ADD COLUMN to_order boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN order_lines.to_order IS 'made or bought for this order: nothing is taken from the stock';

CALL secure_tenant_table('quotes');
CALL secure_tenant_table('quote_versions');
CALL secure_tenant_table('quote_drafts');
CALL secure_tenant_table('quote_thread');
CALL secure_tenant_table('quote_files');
-- A draft that was never sent is not there for the customer, nor is what colleagues tell each other.
CREATE POLICY not_before_it_is_sent ON quotes AS RESTRICTIVE FOR SELECT TO buyerdesk_app
    USING (request IS NOT NULL OR in_force > 0);
CREATE POLICY not_among_colleagues ON quote_thread AS RESTRICTIVE FOR SELECT TO buyerdesk_app USING (NOT internal);

GRANT SELECT, INSERT ON quotes TO buyerdesk_app, buyerdesk_staff, buyerdesk_job;
-- member_id: of somebody who leaves, a colleague goes on.
GRANT UPDATE (status, version, since, said, member_id) ON quotes TO buyerdesk_app, buyerdesk_staff, buyerdesk_job;
GRANT UPDATE (title, in_force, valid_until, line_count, value, owner_id, owner_name, owner_email, release_asked) ON quotes TO buyerdesk_staff, buyerdesk_job;
GRANT SELECT (account_id, quote_id, no, document, totals, gross, valid_until, sent_by, sent_at) ON quote_versions TO buyerdesk_app;
GRANT SELECT, INSERT ON quote_versions TO buyerdesk_staff, buyerdesk_job;
GRANT SELECT, INSERT, UPDATE, DELETE ON quote_drafts TO buyerdesk_staff, buyerdesk_job;
GRANT SELECT, INSERT ON quote_thread, quote_files TO buyerdesk_app, buyerdesk_staff, buyerdesk_job;

-- The seller's people tell members, and write agreements for the accounts that they serve.
ALTER TABLE notices DROP CONSTRAINT notices_kind_check, ADD CONSTRAINT notices_kind_check CHECK (kind IN ('ask', 'decision', 'talk', 'quote', 'company'));
ALTER TABLE members DROP CONSTRAINT members_no_mail_check,
    ADD CONSTRAINT members_no_mail_check CHECK (no_mail <@ ARRAY['ask', 'decision', 'talk', 'quote', 'company']);
GRANT INSERT ON notices TO buyerdesk_staff;
GRANT INSERT ON price_lists, prices, contracts TO buyerdesk_staff;
GRANT UPDATE (unit_price, percent_off, valid_to) ON prices TO buyerdesk_staff;
DO $$
DECLARE t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['price_lists', 'prices', 'contracts'] LOOP
        EXECUTE format($p$CREATE POLICY agreed ON %I FOR ALL TO buyerdesk_staff
            USING (account_id <> '00000000-0000-0000-0000-000000000000' AND ((SELECT current_setting('app.staff_all')::boolean) OR account_id IN
                   (SELECT a.account_id FROM staff_assignments a WHERE a.person_id = (SELECT current_setting('app.person_id')::uuid))))
            WITH CHECK (account_id <> '00000000-0000-0000-0000-000000000000' AND ((SELECT current_setting('app.staff_all')::boolean) OR account_id IN
                   (SELECT a.account_id FROM staff_assignments a WHERE a.person_id = (SELECT current_setting('app.person_id')::uuid))))$p$, t);
    END LOOP;
END $$;

-- Who of the seller answers an account: the first sales rep who is assigned to it. Runs as the schema's owner, about the asking
-- account alone.
CREATE POLICY owners_functions ON staff_assignments FOR SELECT TO CURRENT_USER USING (true);
CREATE POLICY owners_functions ON people FOR SELECT TO CURRENT_USER USING (true);
CREATE FUNCTION my_contact() RETURNS TABLE (person uuid, name text, email text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY SELECT p.id, p.name, p.email
    FROM staff_assignments a JOIN staff s ON s.person_id = a.person_id JOIN people p ON p.id = s.person_id
    WHERE a.account_id = current_setting('app.account_id')::uuid AND s.status = 'active' AND s.role = 'sales_rep'
    ORDER BY p.created_at, p.id LIMIT 1;
END $$;
REVOKE EXECUTE ON FUNCTION my_contact() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION my_contact() TO buyerdesk_app;

-- A quote with all that belongs to it, for its pages: what the reader may not see is not in it.
CREATE VIEW quote_cases WITH (security_invoker = true) AS
SELECT q.account_id, q.id, q.number, q.title, q.status, q.version, q.member_id, q.asked_by, q.request, q.needed_by, q.currency, q.in_force,
       q.valid_until, q.line_count, q.value::text AS value, q.owner_id, q.owner_name, q.owner_email, q.release_asked, q.since,
       a.number AS customer_number, a.name AS customer,
       (SELECT json_build_object('no', v.no, 'document', v.document, 'totals', v.totals, 'sent_by', v.sent_by, 'sent_at', v.sent_at)
        FROM quote_versions v WHERE (v.account_id, v.quote_id, v.no) = (q.account_id, q.id, q.in_force)) AS shown,
       (SELECT json_agg(json_build_array(v.no, v.sent_by, v.sent_at, v.valid_until, v.gross::text) ORDER BY v.no DESC)
        FROM quote_versions v WHERE (v.account_id, v.quote_id) = (q.account_id, q.id)) AS versions,
       (SELECT json_agg(json_build_array(t.side, t.by_name, t.what, t.words, t.at, t.internal) ORDER BY t.seq)
        FROM quote_thread t WHERE (t.account_id, t.quote_id) = (q.account_id, q.id)) AS thread,
       (SELECT json_agg(json_build_array(f.id, f.name, f.size, f.by_name, f.at, f.side) ORDER BY f.at, f.id)
        FROM quote_files f WHERE (f.account_id, f.quote_id) = (q.account_id, q.id)) AS files,
       (SELECT json_agg(json_build_array(o.number, o.status) ORDER BY o.placed_at, o.id)
        FROM orders o WHERE (o.account_id, o.quote_id) = (q.account_id, q.id)) AS orders,
       (SELECT json_object_agg(l.quote_line, l.quantity::text)
        FROM (SELECT l.quote_line, sum(l.quantity) AS quantity FROM orders o JOIN order_lines l ON (l.account_id, l.order_id) = (o.account_id, o.id)
              WHERE (o.account_id, o.quote_id, o.quote_version) = (q.account_id, q.id, q.in_force) AND o.status NOT IN ('rejected', 'cancelled')
                AND l.quote_line IS NOT NULL
              GROUP BY 1) l) AS ordered
FROM quotes q JOIN accounts a ON a.id = q.account_id;
GRANT SELECT ON quote_cases TO buyerdesk_app, buyerdesk_staff, buyerdesk_job;
