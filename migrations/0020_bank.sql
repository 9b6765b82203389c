-- The bank's statements: what came in, and whose payment each entry became. Statements are the seller's: read and written by those of
-- its people who may see every account. A booking is the customer's.

CREATE TABLE bank_statements (
    id uuid PRIMARY KEY,
    hash bytea NOT NULL CONSTRAINT bank_statement_once UNIQUE,
    name text NOT NULL,
    entries int NOT NULL CHECK (entries >= 0),
    by_name text NOT NULL,
    taken_at timestamptz NOT NULL
);
COMMENT ON COLUMN bank_statements.hash IS 'SHA-256 of the file: the same file twice changes nothing';

-- Statements may overlap: an entry is there once, by the bank's id. Day and amount beside it, because a bank that gives one id to two
-- entries must not make money disappear.
CREATE TABLE bank_lines (
    id uuid PRIMARY KEY,
    statement_id uuid NOT NULL REFERENCES bank_statements,
    line_no int NOT NULL CHECK (line_no > 0),
    bank_account text NOT NULL,
    bank_id text NOT NULL,
    booked_on date NOT NULL,
    amount numeric(19,4) NOT NULL CHECK (amount > 0),
    currency char(3) NOT NULL,
    payer text NOT NULL,
    text text NOT NULL,
    reference text NOT NULL,
    end_to_end text NOT NULL,
    state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'booked', 'aside')),
    why text NOT NULL DEFAULT '',
    by_name text NOT NULL DEFAULT '',
    done_at timestamptz,
    CONSTRAINT bank_entry_once UNIQUE (bank_account, bank_id, booked_on, amount, currency),
    CONSTRAINT bank_line_once UNIQUE (statement_id, line_no),
    CONSTRAINT bank_line_is_open_or_done CHECK ((state = 'open') = (done_at IS NULL)),
    CONSTRAINT set_aside_with_a_reason CHECK (state <> 'aside' OR why <> '' AND by_name <> '')
);
COMMENT ON COLUMN bank_lines.by_name IS 'who said what it is; empty: it was certain';
CREATE INDEX bank_lines_open ON bank_lines (booked_on, id) WHERE state = 'open';
CREATE INDEX bank_lines_done ON bank_lines (done_at DESC, id DESC) WHERE state <> 'open';

-- Whose payment an entry became: once.
CREATE TABLE bank_bookings (
    account_id uuid NOT NULL REFERENCES accounts,
    payment_id uuid NOT NULL,
    line_id uuid NOT NULL CONSTRAINT bank_line_booked_once UNIQUE REFERENCES bank_lines,
    PRIMARY KEY (account_id, payment_id),
    FOREIGN KEY (account_id, payment_id) REFERENCES payments
);
CALL secure_tenant_table('bank_bookings');

ALTER TABLE bank_statements ENABLE ROW LEVEL SECURITY;
ALTER TABLE bank_statements FORCE ROW LEVEL SECURITY;
ALTER TABLE bank_lines ENABLE ROW LEVEL SECURITY;
ALTER TABLE bank_lines FORCE ROW LEVEL SECURITY;
CREATE POLICY seller ON bank_statements FOR ALL TO buyerdesk_staff
    USING ((SELECT current_setting('app.staff_all')::boolean)) WITH CHECK ((SELECT current_setting('app.staff_all')::boolean));
CREATE POLICY seller ON bank_lines FOR ALL TO buyerdesk_staff
    USING ((SELECT current_setting('app.staff_all')::boolean)) WITH CHECK ((SELECT current_setting('app.staff_all')::boolean));
CREATE POLICY everyone ON bank_statements FOR ALL TO buyerdesk_job USING (true) WITH CHECK (true);
CREATE POLICY everyone ON bank_lines FOR ALL TO buyerdesk_job USING (true) WITH CHECK (true);
GRANT SELECT, INSERT ON bank_statements, bank_lines TO buyerdesk_staff;
GRANT UPDATE (state, why, by_name, done_at) ON bank_lines TO buyerdesk_staff;
GRANT SELECT ON bank_statements, bank_lines, bank_bookings TO buyerdesk_job;
GRANT SELECT ON bank_bookings TO buyerdesk_app;

-- Whoever books what the bank says writes payments, and what they settle.
GRANT SELECT, INSERT ON bank_bookings TO buyerdesk_staff;
GRANT INSERT ON payments, allocations TO buyerdesk_staff;
GRANT UPDATE (used) ON payments TO buyerdesk_staff;
GRANT UPDATE (settled, in_payment) ON invoices TO buyerdesk_staff;
GRANT UPDATE (status, ended_at, refused, payment_id) ON payment_intents TO buyerdesk_staff;
GRANT USAGE ON SEQUENCE payment_numbers TO buyerdesk_staff;
