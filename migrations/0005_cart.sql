CREATE TABLE carts (
    account_id uuid NOT NULL,
    id uuid NOT NULL,
    member_id uuid NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (account_id, id),
    CONSTRAINT one_cart_a_member UNIQUE (account_id, member_id),
    FOREIGN KEY (account_id, member_id) REFERENCES members
);

CREATE TABLE cart_lines (
    account_id uuid NOT NULL,
    cart_id uuid NOT NULL,
    product_id uuid NOT NULL REFERENCES products,
    quantity numeric(12,3) NOT NULL CHECK (quantity > 0),
    seen_price numeric(19,4),
    added_at timestamptz NOT NULL,
    PRIMARY KEY (account_id, cart_id, product_id),
    FOREIGN KEY (account_id, cart_id) REFERENCES carts ON DELETE CASCADE
);
COMMENT ON COLUMN cart_lines.seen_price IS 'the unit price the buyer last saw: submit shows a change instead of charging it';

CALL secure_tenant_table('carts');
CALL secure_tenant_table('cart_lines');
GRANT SELECT, INSERT, UPDATE, DELETE ON carts, cart_lines TO buyerdesk_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON carts, cart_lines TO buyerdesk_job;
GRANT SELECT ON carts, cart_lines TO buyerdesk_staff;
