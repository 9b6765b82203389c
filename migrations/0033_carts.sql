-- Several carts a member: one is used, the others are kept; and who may see or take over a colleague's.

ALTER TABLE carts
    ADD COLUMN name text NOT NULL DEFAULT '',
    ADD COLUMN in_use boolean NOT NULL DEFAULT true,
    ADD COLUMN changed_at timestamptz NOT NULL DEFAULT now(),
    DROP CONSTRAINT one_cart_a_member;
COMMENT ON COLUMN carts.in_use IS 'the one into which its member puts things and which they submit';
CREATE UNIQUE INDEX one_cart_in_use ON carts (account_id, member_id) WHERE in_use;
CREATE INDEX carts_of_member ON carts (account_id, member_id);

CREATE TABLE cart_shares (
    account_id uuid NOT NULL,
    cart_id uuid NOT NULL,
    member_id uuid NOT NULL,
    may text NOT NULL CHECK (may IN ('see', 'take')),
    PRIMARY KEY (account_id, cart_id, member_id),
    FOREIGN KEY (account_id, cart_id) REFERENCES carts ON DELETE CASCADE,
    FOREIGN KEY (account_id, member_id) REFERENCES members
);
CREATE INDEX cart_shares_of_member ON cart_shares (account_id, member_id);

CALL secure_tenant_table('cart_shares');
GRANT SELECT, INSERT, UPDATE, DELETE ON cart_shares TO buyerdesk_app;
GRANT SELECT, INSERT, DELETE ON cart_shares TO buyerdesk_job;
