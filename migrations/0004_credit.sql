-- The limit, and the row that submit locks before it adds to the exposure. The exposure itself is never stored:
-- it is the sum of what it is made of (see domain::credit).
CREATE TABLE credit_limits (
    account_id uuid PRIMARY KEY REFERENCES accounts,
    credit_limit numeric(19,4) CHECK (credit_limit >= 0),
    policy text NOT NULL DEFAULT 'hold' CHECK (policy IN ('warn', 'hold', 'block'))
);
COMMENT ON COLUMN credit_limits.credit_limit IS 'in the account''s currency; null: no limit; 0: nothing on account';
CALL secure_tenant_table('credit_limits');
GRANT SELECT ON credit_limits TO buyerdesk_app, buyerdesk_staff;
GRANT SELECT, INSERT, UPDATE ON credit_limits TO buyerdesk_job;
