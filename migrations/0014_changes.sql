-- An approver may approve less than was asked. Nothing else changes an order's lines, and this only while it waits: the
-- database holds it, whatever a use case forgets.
GRANT UPDATE (quantity, unit_price, net, price_source), DELETE ON order_lines TO buyerdesk_app;
GRANT UPDATE (quantity) ON reservations TO buyerdesk_app;
GRANT UPDATE (net, tax, gross, line_count) ON orders TO buyerdesk_app;

CREATE POLICY changed_while_it_waits ON order_lines AS RESTRICTIVE FOR UPDATE TO buyerdesk_app
    USING (EXISTS (SELECT 1 FROM orders o WHERE (o.account_id, o.id) = (order_lines.account_id, order_lines.order_id) AND o.status = 'pending_approval'));
CREATE POLICY dropped_while_it_waits ON order_lines AS RESTRICTIVE FOR DELETE TO buyerdesk_app
    USING (EXISTS (SELECT 1 FROM orders o WHERE (o.account_id, o.id) = (order_lines.account_id, order_lines.order_id) AND o.status = 'pending_approval'));
