-- Alerts: prices that change on what an account buys, articles that somebody waits for, budgets that are nearly used, and the
-- week ahead by mail.

ALTER TABLE notices DROP CONSTRAINT notices_kind_check,
    ADD CONSTRAINT notices_kind_check CHECK (kind IN ('ask', 'decision', 'schedule', 'talk', 'quote', 'invoice', 'price', 'stock', 'budget', 'company'));
ALTER TABLE members DROP CONSTRAINT members_no_mail_check,
    ADD CONSTRAINT members_no_mail_check CHECK (no_mail <@ ARRAY['ask', 'decision', 'schedule', 'talk', 'quote', 'invoice', 'price', 'stock', 'budget', 'company', 'digest']),
    ADD COLUMN digest_on date;
COMMENT ON COLUMN members.digest_on IS 'the Monday of the last week of which they were told what it brings';

CREATE TABLE stock_watches (
    account_id uuid NOT NULL,
    member_id uuid NOT NULL,
    product_id uuid NOT NULL REFERENCES products,
    since timestamptz NOT NULL,
    PRIMARY KEY (account_id, member_id, product_id),
    FOREIGN KEY (account_id, member_id) REFERENCES members
);
COMMENT ON TABLE stock_watches IS 'told once when it can be had again, and gone with that';
CREATE INDEX stock_watches_product ON stock_watches (product_id);

-- What an account was told of a price: again only when it was bought at another one since.
CREATE TABLE price_alerts (
    account_id uuid NOT NULL REFERENCES accounts,
    product_id uuid NOT NULL REFERENCES products,
    unit_price numeric(19,4) NOT NULL,
    told_on date NOT NULL,
    PRIMARY KEY (account_id, product_id, unit_price)
);
COMMENT ON COLUMN price_alerts.unit_price IS 'the new price; 0: on request';
CREATE TABLE price_looks (
    account_id uuid PRIMARY KEY REFERENCES accounts,
    looked_on date NOT NULL
);
COMMENT ON TABLE price_looks IS 'the day on which an account''s prices were last looked at for alerts';

ALTER TABLE budgets ADD COLUMN warn_at int NOT NULL DEFAULT 80 CHECK (warn_at BETWEEN 1 AND 100);
COMMENT ON COLUMN budgets.warn_at IS 'percent used at which those who look after budgets are told; at 100 they are told again';
CREATE TABLE budget_alerts (
    account_id uuid NOT NULL,
    budget_id uuid NOT NULL,
    version int NOT NULL,
    period_start date NOT NULL,
    percent int NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (account_id, budget_id, version, period_start, percent),
    FOREIGN KEY (account_id, budget_id) REFERENCES budgets
);

CALL secure_tenant_table('stock_watches');
CALL secure_tenant_table('price_alerts');
CALL secure_tenant_table('price_looks');
CALL secure_tenant_table('budget_alerts');
GRANT SELECT, INSERT, DELETE, UPDATE (since) ON stock_watches TO buyerdesk_app;
GRANT SELECT, DELETE, UPDATE (since) ON stock_watches TO buyerdesk_job;
GRANT SELECT, INSERT ON budget_alerts TO buyerdesk_job;
GRANT SELECT, INSERT, UPDATE ON price_looks, price_alerts TO buyerdesk_job;
GRANT UPDATE (warn_at) ON budgets TO buyerdesk_app, buyerdesk_job;
GRANT UPDATE (digest_on) ON members TO buyerdesk_job;
