-- Units: accounts below an account, with orders, carts, members and addresses of their own. What flows down is read along
-- the lineage (contracts, rules, addresses); what flows up are sums and names, by the functions here.

ALTER TABLE accounts
    ADD COLUMN credit_shared boolean NOT NULL DEFAULT false,
    ADD COLUMN closed_above boolean NOT NULL DEFAULT false,
    ADD CONSTRAINT only_a_unit_is_closed_from_above CHECK (status = 'closed' AND parent_id IS NOT NULL OR NOT closed_above),
    ADD CONSTRAINT only_a_unit_shares_a_limit CHECK (parent_id IS NOT NULL OR NOT credit_shared);
COMMENT ON COLUMN accounts.credit_shared IS 'orders count against the limit of the account above; a limit of its own is ignored';
COMMENT ON COLUMN accounts.closed_above IS 'closed by the account above, which may open it again; what the seller closes stays closed';

ALTER TABLE members ADD COLUMN cost_centres text[] NOT NULL DEFAULT '{}';
COMMENT ON COLUMN members.cost_centres IS 'codes that the member may book on, and then must; none: any or none';

-- A unit orders to the addresses of those above it; it cannot change them.
CREATE POLICY inherited ON addresses FOR SELECT TO buyerdesk_app
    USING (account_id = ANY ((SELECT current_setting('app.lineage')::uuid[])::uuid[]));

-- Addresses that the account may use; level 0 is its own, the others say whose they are.
CREATE VIEW my_addresses WITH (security_invoker = true) AS
SELECT d.*, array_position((SELECT current_setting('app.lineage')::uuid[]), d.account_id) - 1 AS level,
       CASE WHEN d.account_id <> (SELECT current_setting('app.account_id')::uuid) THEN o.name END AS of
FROM addresses d JOIN accounts o ON o.id = d.account_id
WHERE d.account_id = ANY ((SELECT current_setting('app.lineage')::uuid[])::uuid[]);
GRANT SELECT ON my_addresses TO buyerdesk_app;

-- ---------------------------------------------------------------------------------------------
-- The functions run as the schema's owner, who sees through these policies and by nothing else. What they answer is about the
-- asking account (app.account_id): sums of those who share its limit, names of the units below it, never a row.
DO $$
DECLARE t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['accounts', 'members', 'approval_rules', 'credit_limits', 'orders', 'invoices', 'payments', 'allocations'] LOOP
        EXECUTE format('CREATE POLICY owners_functions ON %I FOR SELECT TO CURRENT_USER USING (true)', t);
    END LOOP;
END $$;
CREATE POLICY owners_lock ON credit_limits FOR UPDATE TO CURRENT_USER USING (true) WITH CHECK (false);

-- Whose limit an account's orders count against: its own, or that of the nearest account above which does not share another's.
CREATE FUNCTION credit_holder(of_account uuid) RETURNS uuid LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS $$
BEGIN
    RETURN (WITH RECURSIVE up AS (
                SELECT a.id, a.parent_id, a.credit_shared FROM accounts a WHERE a.id = of_account
                UNION
                SELECT a.id, a.parent_id, a.credit_shared FROM up JOIN accounts a ON a.id = up.parent_id WHERE up.credit_shared)
            SELECT up.id FROM up WHERE NOT up.credit_shared);
END $$;

-- All units below an account, however deep.
CREATE FUNCTION units_below(of_account uuid) RETURNS TABLE (id uuid) LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY WITH RECURSIVE below AS (
        SELECT a.id FROM accounts a WHERE a.parent_id = of_account
        UNION
        SELECT a.id FROM below b JOIN accounts a ON a.parent_id = b.id)
    SELECT id FROM below;
END $$;

-- The limit that holds for the asking account. Locked: nobody else who shares it adds to the exposure until the end.
CREATE FUNCTION my_limit(locked boolean) RETURNS TABLE (credit_limit numeric, policy text)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
DECLARE holder uuid := credit_holder(current_setting('app.account_id')::uuid);
BEGIN
    IF locked THEN
        RETURN QUERY SELECT c.credit_limit, c.policy FROM credit_limits c WHERE c.account_id = holder FOR UPDATE;
    ELSE
        RETURN QUERY SELECT c.credit_limit, c.policy FROM credit_limits c WHERE c.account_id = holder;
    END IF;
END $$;

-- What uses that limit, in the account's currency: a row for the account, one for each unit below it that shares, and one without
-- a name for all others together. The order `apart` is not counted; a shipped order counts until its invoice does.
CREATE FUNCTION my_exposure(apart uuid) RETURNS TABLE (account uuid, unit text, invoices numeric, unallocated numeric, orders numeric)
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
               + (SELECT COALESCE(sum(p.amount - (SELECT COALESCE(sum(l.amount), 0) FROM allocations l
                                                  WHERE (l.account_id, l.payment_id) = (p.account_id, p.id))), 0)
                  FROM payments p WHERE p.account_id = s.id AND p.kind = 'payment' AND p.currency = want) AS unallocated,
               (SELECT COALESCE(sum(o.gross), 0) FROM orders o
                WHERE o.account_id = s.id AND o.currency = want AND o.id IS DISTINCT FROM apart
                  AND (o.status IN ('pending_approval', 'approved', 'confirmed', 'partially_shipped', 'on_hold')
                       OR o.status = 'shipped' AND NOT EXISTS
                          (SELECT 1 FROM invoices i WHERE (i.account_id, i.order_id) = (o.account_id, o.id)))) AS orders
        FROM sharing s)
    SELECT u.id, u.name, sum(u.invoices), sum(u.unallocated), sum(u.orders) FROM used u
    GROUP BY u.id, u.name ORDER BY u.id = me DESC NULLS LAST, u.name;
END $$;

-- The units below the asking account, with how many sit there and whether the asking person does.
CREATE FUNCTION my_units() RETURNS TABLE (id uuid, number text, name text, status text, closed_above boolean, above text, credit_shared boolean, people bigint, seated boolean)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
DECLARE me uuid := current_setting('app.account_id')::uuid;
        person uuid := current_setting('app.person_id')::uuid;
BEGIN
    RETURN QUERY SELECT a.id, a.number, a.name, a.status, a.closed_above, CASE WHEN p.id <> me THEN p.name END, a.credit_shared,
        (SELECT count(*) FROM members m WHERE m.account_id = a.id AND m.status = 'active'),
        EXISTS (SELECT 1 FROM members m WHERE m.account_id = a.id AND m.person_id = person AND m.status = 'active')
    FROM units_below(me) b JOIN accounts a ON a.id = b.id JOIN accounts p ON p.id = a.parent_id
    ORDER BY a.status = 'closed', a.number;
END $$;

-- Who could approve in each open unit below the asking account, without names, and which rules the unit has of its own or from
-- units in between: whoever writes a rule for all of them sees where nobody could decide.
CREATE FUNCTION my_unit_rules() RETURNS TABLE (name text, seats jsonb, rules jsonb)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
DECLARE me uuid := current_setting('app.account_id')::uuid;
BEGIN
    RETURN QUERY SELECT a.name,
        (SELECT jsonb_agg(jsonb_build_object('id', m.id, 'name', '', 'roles', m.roles, 'manager', m.manager_id, 'active', m.status = 'active') ORDER BY m.id)
         FROM members m WHERE m.account_id = a.id),
        (WITH RECURSIVE up AS (
             SELECT a.id, a.parent_id
             UNION
             SELECT p.id, p.parent_id FROM up JOIN accounts p ON p.id = up.parent_id WHERE up.parent_id <> me)
         SELECT jsonb_agg(r.rule ORDER BY r.position, r.id) FROM approval_rules r JOIN up ON up.id = r.account_id WHERE r.enabled)
    FROM units_below(me) b JOIN accounts a ON a.id = b.id
    WHERE a.status <> 'closed' ORDER BY a.number;
END $$;

REVOKE EXECUTE ON FUNCTION my_limit(boolean), my_exposure(uuid), my_units(), my_unit_rules() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION my_limit(boolean), my_exposure(uuid), my_units(), my_unit_rules() TO buyerdesk_app;
GRANT EXECUTE ON FUNCTION units_below(uuid) TO buyerdesk_job;
