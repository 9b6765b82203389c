-- Who may ask: accounts, people, seats, sessions; and what every later table leans on:
-- tenant isolation, audit, outbox.
--
-- Four roles (scripts/roles.sql makes them, being cluster-wide):
--   buyerdesk_owner  owns the schema, runs migrations
--   buyerdesk        what the server logs in as; can do nothing until it takes one of the three below
--   buyerdesk_app    a member of a customer account: sees one account (app.account_id)
--   buyerdesk_staff  the seller's people: assigned accounts, or all (app.staff_all)
--   buyerdesk_job    sign-in, jobs, imports: all accounts, never on behalf of a request's parameters

CREATE EXTENSION IF NOT EXISTS pg_trgm;

REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO CURRENT_USER, buyerdesk, buyerdesk_app, buyerdesk_staff, buyerdesk_job;
ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;


-- The company that runs the portal: one row.
CREATE TABLE seller (
    only_one boolean PRIMARY KEY DEFAULT true CHECK (only_one),
    name text NOT NULL,
    legal_name text NOT NULL,
    street text NOT NULL,
    postcode text NOT NULL,
    city text NOT NULL,
    country char(2) NOT NULL,
    vat_number text NOT NULL DEFAULT '',
    email text NOT NULL,
    phone text NOT NULL DEFAULT '',
    iban text NOT NULL DEFAULT '',
    bic text NOT NULL DEFAULT '',
    time_zone text NOT NULL DEFAULT 'Europe/London',
    delivery_fee numeric(19,4) NOT NULL DEFAULT 0 CHECK (delivery_fee >= 0),
    free_delivery_from numeric(19,4) CHECK (free_delivery_from >= 0),
    default_catalog_for_all boolean NOT NULL DEFAULT true,
    catalog_version bigint NOT NULL DEFAULT 0
);
COMMENT ON COLUMN seller.catalog_version IS 'raised with every change of what is sold to whom, for what servers have counted';

-- A customer company or a unit of one. The nil id is the seller itself: the root of every lineage,
-- so that "the default price list" is nothing but the root's contract.
CREATE TABLE accounts (
    id uuid PRIMARY KEY,
    number text NOT NULL CONSTRAINT accounts_number_taken UNIQUE,
    name text NOT NULL,
    parent_id uuid REFERENCES accounts,
    currency char(3) NOT NULL,
    country char(2) NOT NULL,
    payment_terms_days int NOT NULL DEFAULT 30 CHECK (payment_terms_days BETWEEN 0 AND 365),
    status text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'on_hold', 'closed')),
    price_strategy text NOT NULL DEFAULT 'contract_wins' CHECK (price_strategy IN ('contract_wins', 'lowest', 'priority')),
    po_required boolean NOT NULL DEFAULT false,
    order_minimum numeric(19,4) CHECK (order_minimum > 0),
    tax_rate numeric(5,2) CHECK (tax_rate BETWEEN 0 AND 100),
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT account_is_not_its_own_parent CHECK (parent_id <> id)
);
COMMENT ON COLUMN accounts.tax_rate IS 'instead of the products'' own rates, e.g. 0 for export; null: the products'' own';
CREATE INDEX accounts_parent ON accounts (parent_id);

-- A person exists once, whatever accounts they sit in.
CREATE TABLE people (
    id uuid PRIMARY KEY,
    email text NOT NULL CONSTRAINT people_email_taken UNIQUE CHECK (email = lower(email)),
    name text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE credentials (
    person_id uuid PRIMARY KEY REFERENCES people ON DELETE CASCADE,
    password_hash text NOT NULL,
    changed_at timestamptz NOT NULL
);

-- Sign-in state. `id_hash` is SHA-256 of the cookie's id: a leaked backup opens no session.
CREATE TABLE sessions (
    id_hash bytea PRIMARY KEY,
    person_id uuid REFERENCES people ON DELETE CASCADE,
    data jsonb NOT NULL,
    created_at timestamptz NOT NULL,
    last_seen_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    user_agent text NOT NULL DEFAULT '',
    address text NOT NULL DEFAULT ''
);
CREATE INDEX sessions_person ON sessions (person_id);
CREATE INDEX sessions_expiry ON sessions (expires_at);

-- Single-use links of reset and invitation mails; the token itself is only in the mail.
CREATE TABLE mail_tokens (
    token_hash bytea PRIMARY KEY,
    person_id uuid NOT NULL REFERENCES people ON DELETE CASCADE,
    purpose text NOT NULL CHECK (purpose IN ('reset', 'invite')),
    expires_at timestamptz NOT NULL,
    used_at timestamptz
);
CREATE INDEX mail_tokens_person ON mail_tokens (person_id);

CREATE TABLE login_attempts (
    key text NOT NULL,
    at timestamptz NOT NULL
);
CREATE INDEX login_attempts_key ON login_attempts (key, at);
COMMENT ON TABLE login_attempts IS 'failed sign-ins and mailed links, by "email:…" and "address:…"; swept after a day';

-- A seat in an account.
CREATE TABLE members (
    account_id uuid NOT NULL REFERENCES accounts,
    id uuid NOT NULL,
    person_id uuid NOT NULL REFERENCES people,
    roles text[] NOT NULL CHECK (roles <@ ARRAY['buyer', 'approver', 'finance', 'account_admin', 'viewer'] AND cardinality(roles) > 0),
    status text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'deactivated')),
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (account_id, id),
    CONSTRAINT member_already_in_account UNIQUE (account_id, person_id)
);
CREATE INDEX members_person ON members (person_id);

-- The seller's people.
CREATE TABLE staff (
    person_id uuid PRIMARY KEY REFERENCES people,
    role text NOT NULL CHECK (role IN ('sales_rep', 'customer_service', 'seller_admin')),
    status text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'deactivated'))
);

CREATE TABLE staff_assignments (
    account_id uuid NOT NULL REFERENCES accounts,
    person_id uuid NOT NULL REFERENCES staff,
    PRIMARY KEY (account_id, person_id)
);
CREATE INDEX staff_assignments_person ON staff_assignments (person_id, account_id);

CREATE TABLE addresses (
    account_id uuid NOT NULL REFERENCES accounts,
    id uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN ('ship_to', 'bill_to')),
    label text NOT NULL,
    company text NOT NULL,
    street text NOT NULL,
    postcode text NOT NULL,
    city text NOT NULL,
    country char(2) NOT NULL,
    is_default boolean NOT NULL DEFAULT false,
    PRIMARY KEY (account_id, id)
);

CREATE TABLE cost_centres (
    account_id uuid NOT NULL REFERENCES accounts,
    id uuid NOT NULL,
    code text NOT NULL,
    name text NOT NULL,
    active boolean NOT NULL DEFAULT true,
    PRIMARY KEY (account_id, id),
    CONSTRAINT cost_centre_code_taken UNIQUE (account_id, code)
);

-- Append-only, one hash chain per account: hash = sha256(previous hash || canonical line).
CREATE TABLE audit_heads (
    account_id uuid PRIMARY KEY REFERENCES accounts,
    seq bigint NOT NULL,
    hash bytea NOT NULL
);

CREATE TABLE audit_log (
    account_id uuid NOT NULL REFERENCES accounts,
    seq bigint NOT NULL,
    line text NOT NULL,
    hash bytea NOT NULL,
    PRIMARY KEY (account_id, seq)
);
COMMENT ON COLUMN audit_log.line IS 'canonical JSON: at, acting person, subject member, action, what, before and after, from where';

-- What must happen after the commit and must not be lost: mails, notifications, feeds.
CREATE TABLE outbox (
    account_id uuid NOT NULL REFERENCES accounts,
    id uuid NOT NULL,
    topic text NOT NULL,
    payload jsonb NOT NULL,
    created_at timestamptz NOT NULL,
    available_at timestamptz NOT NULL,
    attempts int NOT NULL DEFAULT 0,
    last_error text,
    done_at timestamptz,
    PRIMARY KEY (account_id, id)
);
CREATE INDEX outbox_waiting ON outbox (available_at) WHERE done_at IS NULL;

-- The demo's mailbox: what would have been sent.
CREATE TABLE demo_mails (
    id uuid PRIMARY KEY,
    sent_at timestamptz NOT NULL,
    recipient text NOT NULL,
    subject text NOT NULL,
    body text NOT NULL
);

-- ---------------------------------------------------------------------------------------------
-- Isolation. current_setting raises when the context is missing: an error, never an empty page.
-- The sub-select is evaluated once per statement, not per row.
CREATE PROCEDURE secure_tenant_table(target regclass) LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', target);
    EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', target);
    EXECUTE format($p$CREATE POLICY own_account ON %s FOR ALL TO buyerdesk_app
        USING (account_id = (SELECT current_setting('app.account_id')::uuid))
        WITH CHECK (account_id = (SELECT current_setting('app.account_id')::uuid))$p$, target);
    EXECUTE format($p$CREATE POLICY assigned_accounts ON %s FOR ALL TO buyerdesk_staff
        USING ((SELECT current_setting('app.staff_all')::boolean) OR account_id IN
               (SELECT a.account_id FROM staff_assignments a WHERE a.person_id = (SELECT current_setting('app.person_id')::uuid)))
        WITH CHECK ((SELECT current_setting('app.staff_all')::boolean) OR account_id IN
               (SELECT a.account_id FROM staff_assignments a WHERE a.person_id = (SELECT current_setting('app.person_id')::uuid)))$p$, target);
    EXECUTE format('CREATE POLICY every_account ON %s FOR ALL TO buyerdesk_job USING (true) WITH CHECK (true)', target);
END $$;

CALL secure_tenant_table('members');
CALL secure_tenant_table('addresses');
CALL secure_tenant_table('cost_centres');
CALL secure_tenant_table('audit_heads');
CALL secure_tenant_table('audit_log');
CALL secure_tenant_table('outbox');

-- Assignments decide what staff may see, so their own policy cannot ask them.
ALTER TABLE staff_assignments ENABLE ROW LEVEL SECURITY;
ALTER TABLE staff_assignments FORCE ROW LEVEL SECURITY;
CREATE POLICY own_account ON staff_assignments FOR SELECT TO buyerdesk_app
    USING (account_id = (SELECT current_setting('app.account_id')::uuid));
CREATE POLICY own_assignments ON staff_assignments FOR SELECT TO buyerdesk_staff
    USING (person_id = (SELECT current_setting('app.person_id')::uuid) OR (SELECT current_setting('app.staff_all')::boolean));
CREATE POLICY every_account ON staff_assignments FOR ALL TO buyerdesk_job USING (true) WITH CHECK (true);

-- An account sees itself and those above it (their contracts reach down), never a sister.
ALTER TABLE accounts ENABLE ROW LEVEL SECURITY;
ALTER TABLE accounts FORCE ROW LEVEL SECURITY;
CREATE POLICY lineage ON accounts FOR SELECT TO buyerdesk_app
    USING (id = ANY ((SELECT current_setting('app.lineage')::uuid[])::uuid[]));
CREATE POLICY assigned ON accounts FOR SELECT TO buyerdesk_staff
    USING ((SELECT current_setting('app.staff_all')::boolean) OR id IN
           (SELECT a.account_id FROM staff_assignments a WHERE a.person_id = (SELECT current_setting('app.person_id')::uuid)));
CREATE POLICY every_account ON accounts FOR ALL TO buyerdesk_job USING (true) WITH CHECK (true);

-- A member sees the people who sit in the same account.
ALTER TABLE people ENABLE ROW LEVEL SECURITY;
ALTER TABLE people FORCE ROW LEVEL SECURITY;
CREATE POLICY colleagues ON people FOR SELECT TO buyerdesk_app USING (id IN (SELECT m.person_id FROM members m));
CREATE POLICY staff_read ON people FOR SELECT TO buyerdesk_staff
    USING (id IN (SELECT m.person_id FROM members m) OR id IN (SELECT s.person_id FROM staff s));
CREATE POLICY everyone ON people FOR ALL TO buyerdesk_job USING (true) WITH CHECK (true);

GRANT SELECT ON seller TO buyerdesk_app, buyerdesk_staff, buyerdesk_job;
GRANT INSERT, UPDATE ON seller TO buyerdesk_job;
GRANT SELECT ON accounts, people, members, staff_assignments, addresses, cost_centres TO buyerdesk_app, buyerdesk_staff;
GRANT SELECT ON staff TO buyerdesk_staff;
GRANT SELECT, INSERT, UPDATE ON accounts, people, members, staff, addresses, cost_centres, credentials, mail_tokens, outbox, demo_mails TO buyerdesk_job;
GRANT SELECT, INSERT, DELETE ON staff_assignments, login_attempts TO buyerdesk_job;
GRANT DELETE ON outbox TO buyerdesk_job;
GRANT SELECT, INSERT, UPDATE, DELETE ON sessions TO buyerdesk_job;
GRANT INSERT, UPDATE ON members TO buyerdesk_app;
GRANT INSERT ON outbox TO buyerdesk_app, buyerdesk_staff;
GRANT SELECT, INSERT, UPDATE ON audit_heads TO buyerdesk_app, buyerdesk_staff, buyerdesk_job;
GRANT SELECT, INSERT ON audit_log TO buyerdesk_app, buyerdesk_staff, buyerdesk_job;
