-- What was submitted. An order renders from these rows for ever: names, prices, addresses are snapshots.

CREATE SEQUENCE order_numbers;

CREATE TABLE orders (
    account_id uuid NOT NULL REFERENCES accounts,
    id uuid NOT NULL,
    number text NOT NULL,
    status text NOT NULL CHECK (status IN ('pending_approval', 'approved', 'confirmed', 'partially_shipped', 'shipped',
                                           'completed', 'rejected', 'cancelled', 'on_hold')),
    version int NOT NULL DEFAULT 1,
    member_id uuid,
    acting_person uuid,
    placed_by text NOT NULL,
    placed_at timestamptz NOT NULL,
    po_number text NOT NULL DEFAULT '',
    cost_centre text NOT NULL DEFAULT '',
    ship_to jsonb NOT NULL DEFAULT '{}',
    requested_on date,
    partial_delivery boolean NOT NULL DEFAULT true,
    note text NOT NULL DEFAULT '',
    currency char(3) NOT NULL,
    net numeric(19,4) NOT NULL,
    delivery numeric(19,4) NOT NULL DEFAULT 0 CHECK (delivery >= 0),
    tax numeric(19,4) NOT NULL,
    gross numeric(19,4) NOT NULL,
    line_count int NOT NULL CHECK (line_count > 0),
    source text NOT NULL DEFAULT 'portal' CHECK (source IN ('portal', 'import')),
    import_hash bytea,
    PRIMARY KEY (account_id, id),
    CONSTRAINT order_number_taken UNIQUE (account_id, number),
    FOREIGN KEY (account_id, member_id) REFERENCES members,
    CONSTRAINT order_total_adds_up CHECK (gross = net + delivery + tax),
    CONSTRAINT portal_order_has_a_member CHECK (source = 'import' OR member_id IS NOT NULL)
);
CREATE INDEX orders_history ON orders (account_id, placed_at DESC, id DESC);
CREATE INDEX orders_by_member ON orders (account_id, member_id, placed_at DESC, id DESC);
CREATE INDEX orders_open ON orders (account_id, status)
    WHERE status IN ('pending_approval', 'approved', 'confirmed', 'partially_shipped', 'on_hold', 'shipped');

CREATE TABLE order_lines (
    account_id uuid NOT NULL,
    order_id uuid NOT NULL,
    line_no int NOT NULL CHECK (line_no > 0),
    product_id uuid REFERENCES products,
    sku text NOT NULL,
    name text NOT NULL,
    unit text NOT NULL,
    quantity numeric(12,3) NOT NULL CHECK (quantity > 0),
    unit_price numeric(19,4) NOT NULL CHECK (unit_price >= 0),
    net numeric(19,4) NOT NULL,
    tax_rate numeric(5,2) NOT NULL DEFAULT 0,
    price_source text NOT NULL DEFAULT '',
    promised_on date,
    quantity_shipped numeric(12,3) NOT NULL DEFAULT 0,
    PRIMARY KEY (account_id, order_id, line_no),
    FOREIGN KEY (account_id, order_id) REFERENCES orders,
    CONSTRAINT not_more_shipped_than_ordered CHECK (quantity_shipped BETWEEN 0 AND quantity)
);
CREATE INDEX order_lines_product ON order_lines (account_id, product_id);

-- What the order holds of the stock, by warehouse; gone when it is shipped or cancelled.
CREATE TABLE reservations (
    account_id uuid NOT NULL,
    order_id uuid NOT NULL,
    line_no int NOT NULL,
    warehouse text NOT NULL,
    product_id uuid NOT NULL,
    quantity numeric(12,3) NOT NULL CHECK (quantity > 0),
    PRIMARY KEY (account_id, order_id, line_no, warehouse),
    FOREIGN KEY (account_id, order_id, line_no) REFERENCES order_lines,
    FOREIGN KEY (product_id, warehouse) REFERENCES stock
);

-- The order's history: every change of state, with who and why. Append-only.
CREATE TABLE order_events (
    account_id uuid NOT NULL,
    order_id uuid NOT NULL,
    version int NOT NULL,
    status text NOT NULL,
    at timestamptz NOT NULL,
    by_name text NOT NULL,
    reason text NOT NULL DEFAULT '',
    PRIMARY KEY (account_id, order_id, version),
    FOREIGN KEY (account_id, order_id) REFERENCES orders
);

CALL secure_tenant_table('orders');
CALL secure_tenant_table('order_lines');
CALL secure_tenant_table('reservations');
CALL secure_tenant_table('order_events');

GRANT USAGE ON SEQUENCE order_numbers TO buyerdesk_app, buyerdesk_job;
GRANT SELECT, INSERT ON orders, order_lines, order_events, reservations TO buyerdesk_app, buyerdesk_job;
GRANT UPDATE (status, version) ON orders TO buyerdesk_app, buyerdesk_job;
GRANT DELETE ON reservations TO buyerdesk_app, buyerdesk_job;
GRANT SELECT ON orders, order_lines, order_events, reservations TO buyerdesk_staff;
