-- Companies that ask for an account. Nobody's rows yet: written by the job role, read by the seller's people who may see every
-- account.

ALTER TABLE accounts ADD COLUMN tax_number text NOT NULL DEFAULT '';
COMMENT ON COLUMN accounts.tax_number IS 'VAT or registration number, capitals and digits alone; empty: not known';
CREATE INDEX accounts_tax_number ON accounts (tax_number) WHERE tax_number <> '';

CREATE TABLE registrations (
    id uuid PRIMARY KEY,
    company text NOT NULL,
    tax_number text NOT NULL CHECK (tax_number <> ''),
    street text NOT NULL,
    postcode text NOT NULL,
    city text NOT NULL,
    country char(2) NOT NULL,
    name text NOT NULL,
    email text NOT NULL CHECK (email = lower(email)),
    message text NOT NULL DEFAULT '',
    asked_at timestamptz NOT NULL,
    token_hash bytea NOT NULL CONSTRAINT registration_token UNIQUE,
    status text NOT NULL DEFAULT 'asked' CHECK (status IN ('asked', 'confirmed', 'approved', 'rejected')),
    decided_by text,
    reason text,
    opened uuid REFERENCES accounts,
    CONSTRAINT decided_by_somebody CHECK ((status IN ('approved', 'rejected')) = (decided_by IS NOT NULL)),
    CONSTRAINT approved_opens_an_account CHECK ((status = 'approved') = (opened IS NOT NULL)),
    CONSTRAINT rejected_has_a_reason CHECK ((status = 'rejected') = (reason IS NOT NULL))
);
COMMENT ON COLUMN registrations.token_hash IS 'of the mailed link by which the applicant confirms the address; unconfirmed, the row is gone after a week';
CREATE INDEX registrations_waiting ON registrations (asked_at) WHERE status = 'confirmed';
ALTER TABLE registrations ENABLE ROW LEVEL SECURITY;
ALTER TABLE registrations FORCE ROW LEVEL SECURITY;
CREATE POLICY seller ON registrations FOR SELECT TO buyerdesk_staff USING ((SELECT current_setting('app.staff_all')::boolean));
CREATE POLICY everyone ON registrations FOR ALL TO buyerdesk_job USING (true) WITH CHECK (true);
GRANT SELECT ON registrations TO buyerdesk_staff;
GRANT SELECT, INSERT, DELETE, UPDATE (status, decided_by, reason, opened) ON registrations TO buyerdesk_job;
