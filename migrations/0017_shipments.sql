-- What left the warehouse, what was promised anew, and calendars that people read it in.

CREATE TABLE shipments (
    account_id uuid NOT NULL,
    id uuid NOT NULL,
    order_id uuid NOT NULL,
    carrier text NOT NULL,
    tracking text NOT NULL DEFAULT '',
    shipped_on date NOT NULL,
    by_name text NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (account_id, id),
    CONSTRAINT shipment_of_order UNIQUE (account_id, order_id, id),
    FOREIGN KEY (account_id, order_id) REFERENCES orders
);

CREATE TABLE shipment_lines (
    account_id uuid NOT NULL,
    shipment_id uuid NOT NULL,
    order_id uuid NOT NULL,
    line_no int NOT NULL,
    quantity numeric(12,3) NOT NULL CHECK (quantity > 0),
    PRIMARY KEY (account_id, shipment_id, line_no),
    FOREIGN KEY (account_id, order_id, shipment_id) REFERENCES shipments (account_id, order_id, id),
    FOREIGN KEY (account_id, order_id, line_no) REFERENCES order_lines
);
CREATE INDEX shipment_lines_order ON shipment_lines (account_id, order_id, line_no);

-- Every change of a promised day. Append-only; the line itself has the day that holds.
CREATE TABLE promise_changes (
    account_id uuid NOT NULL,
    order_id uuid NOT NULL,
    line_no int NOT NULL,
    seq int NOT NULL CHECK (seq > 0),
    before_day date,
    after_day date NOT NULL,
    reason text NOT NULL DEFAULT '',
    by_name text NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (account_id, order_id, line_no, seq),
    FOREIGN KEY (account_id, order_id, line_no) REFERENCES order_lines ON DELETE CASCADE
);

-- One secret address a member. Only its hash is here: whoever reads the database can read no calendar.
CREATE TABLE calendar_feeds (
    account_id uuid NOT NULL,
    member_id uuid NOT NULL,
    token_hash bytea NOT NULL CONSTRAINT calendar_feed_token UNIQUE,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (account_id, member_id),
    FOREIGN KEY (account_id, member_id) REFERENCES members
);

CALL secure_tenant_table('shipments');
CALL secure_tenant_table('shipment_lines');
CALL secure_tenant_table('promise_changes');
CALL secure_tenant_table('calendar_feeds');

GRANT SELECT ON shipments, shipment_lines, promise_changes TO buyerdesk_app, buyerdesk_staff, buyerdesk_job;
GRANT INSERT ON shipments, shipment_lines, promise_changes TO buyerdesk_staff;
GRANT INSERT ON shipments, shipment_lines TO buyerdesk_job;
GRANT SELECT, INSERT, UPDATE, DELETE ON calendar_feeds TO buyerdesk_app;
GRANT SELECT ON calendar_feeds TO buyerdesk_job;

-- The seller's people work orders off by themselves, each within the accounts that they may see.
GRANT UPDATE (status, version) ON orders TO buyerdesk_staff;
GRANT UPDATE (quantity_shipped, promised_on) ON order_lines TO buyerdesk_staff;
GRANT INSERT ON order_events TO buyerdesk_staff;
GRANT UPDATE (quantity), DELETE ON reservations TO buyerdesk_staff;
GRANT UPDATE (on_hand, reserved) ON stock TO buyerdesk_staff;
GRANT UPDATE (status, ended_at) ON approval_flows TO buyerdesk_staff;
GRANT INSERT ON budget_entries TO buyerdesk_staff;
-- For the lock that comes before an entry of the ledger.
GRANT UPDATE (version) ON budgets TO buyerdesk_staff;

-- What was sent of an order, the oldest first: carrier, tracking number, day, lines with position, SKU, name and quantity. Runs as
-- whoever asks, under their row-level security.
CREATE FUNCTION shipments_json(of_account uuid, of_order uuid) RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT jsonb_agg(jsonb_build_array(s.carrier, s.tracking, s.shipped_on,
               (SELECT jsonb_agg(jsonb_build_array(n.line_no, l.sku, l.name, n.quantity::text) ORDER BY n.line_no)
                FROM shipment_lines n JOIN order_lines l ON (l.account_id, l.order_id, l.line_no) = (n.account_id, n.order_id, n.line_no)
                WHERE (n.account_id, n.shipment_id) = (s.account_id, s.id))) ORDER BY s.shipped_on, s.at, s.id)
    FROM shipments s WHERE s.account_id = of_account AND s.order_id = of_order
$$;
GRANT EXECUTE ON FUNCTION shipments_json(uuid, uuid) TO buyerdesk_app, buyerdesk_staff, buyerdesk_job;

-- Open lines over all orders of an account, by day.
CREATE INDEX order_lines_undelivered ON order_lines (account_id, promised_on) WHERE quantity_shipped < quantity;
