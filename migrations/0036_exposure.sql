-- As in 0019, but only orders that can be open are looked at: with 31,000 finished ones it took 130 ms under the credit's lock.
CREATE OR REPLACE FUNCTION my_exposure(apart uuid) RETURNS TABLE (account uuid, unit text, invoices numeric, unallocated numeric, orders numeric)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
DECLARE me uuid := current_setting('app.account_id')::uuid;
        want char(3) := (SELECT a.currency FROM accounts a WHERE a.id = me);
BEGIN
    RETURN QUERY WITH RECURSIVE sharing AS (
        SELECT a.id, a.name, a.id = me AS mine FROM accounts a WHERE a.id = credit_holder(me)
        UNION
        SELECT a.id, a.name, s.mine OR a.id = me FROM sharing s JOIN accounts a ON a.parent_id = s.id WHERE a.credit_shared
    ), used AS (
        SELECT CASE WHEN s.mine THEN s.id END AS id, CASE WHEN s.mine THEN s.name END AS name,
               (SELECT COALESCE(sum(i.gross - i.settled), 0) FROM invoices i
                WHERE i.account_id = s.id AND i.settled < i.gross AND i.kind = 'invoice' AND i.currency = want) AS invoices,
               (SELECT COALESCE(sum(i.gross - i.settled), 0) FROM invoices i
                WHERE i.account_id = s.id AND i.settled < i.gross AND i.kind = 'credit_note' AND i.currency = want)
               + (SELECT COALESCE(sum(CASE p.kind WHEN 'refund' THEN p.used - p.amount ELSE p.amount - p.used END), 0) FROM payments p
                  WHERE p.account_id = s.id AND p.used < p.amount AND p.currency = want) AS unallocated,
               (SELECT COALESCE(sum(greatest(o.gross - COALESCE(i.gross, 0), 0)), 0) FROM orders o
                LEFT JOIN LATERAL (SELECT sum(i.gross) AS gross FROM invoices i
                                   WHERE (i.account_id, i.order_id) = (o.account_id, o.id) AND i.kind = 'invoice') i ON true
                WHERE o.account_id = s.id AND o.currency = want AND o.id IS DISTINCT FROM apart
                  AND o.status IN ('pending_approval', 'approved', 'confirmed', 'partially_shipped', 'on_hold', 'shipped')
                  AND (o.status IN ('pending_approval', 'approved', 'confirmed', 'partially_shipped', 'on_hold')
                       OR o.status = 'shipped' AND i.gross IS NULL)) AS orders
        FROM sharing s)
    SELECT u.id, u.name, sum(u.invoices), sum(u.unallocated), sum(u.orders) FROM used u
    GROUP BY u.id, u.name ORDER BY u.id = me DESC NULLS LAST, u.name;
END $$;
