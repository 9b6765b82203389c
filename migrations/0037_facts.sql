-- What is asked about a product travels as it is, not as JSON: writing and reading a thousand articles' prices as text cost more than
-- finding them. And prices lie by account and product: one descent of the index an article and account, not one a price list.
ALTER TABLE prices DROP CONSTRAINT prices_pkey,
    ADD PRIMARY KEY (account_id, product_id, price_list_id, currency, unit, min_quantity, valid_from);

CREATE TYPE price_row AS (price_list uuid, currency text, unit text, min_quantity numeric, unit_price numeric, percent_off numeric,
                          valid_from date, valid_to date);

DROP VIEW product_facts;
-- Everything that a list, a cart line, a reorder or a submission asks about a product, in one shape (store::catalog::facts::Row).
-- What does not depend on the product is found once, not once a product; ask with a condition on `id` or `sku`, never by a join, or
-- it is found out about every product there is.
CREATE VIEW product_facts WITH (security_invoker = true) AS
WITH opened AS MATERIALIZED (
    SELECT bool_or(g.everything) AS everything, array_agg(g.id) AS ids FROM my_catalogs g
), lists AS MATERIALIZED (
    -- A list that several contracts open is there once for each of them: `agreements` says so, `prices` come once.
    SELECT array_agg(l.id) AS ids,
           json_agg(json_build_array(l.id, json_build_object(
               'level', l.level, 'is_default', l.is_default, 'priority', l.priority, 'contract', l.contract, 'list', l.list,
               'active', l.contract_active, 'from', l.contract_from, 'to', l.contract_to)) ORDER BY l.level, l.contract)::text AS agreements
    FROM my_price_lists l
)
SELECT p.id, p.sku, p.name, p.unit, p.larger_units, p.min_quantity AS minimum, p.quantity_multiple AS multiple,
       p.max_quantity AS maximum, p.pieces_per_pack AS pieces, p.tax_rate,
       p.status = 'discontinued' AS discontinued, p.picture, c.icon, c.slug AS category,
       COALESCE(o.everything OR EXISTS (SELECT 1 FROM catalog_products cp WHERE cp.product_id = p.id AND cp.catalog_id = ANY (o.ids)), false)
           AS in_assortment,
       s.now, s.later, s.later_on,
       (SELECT ARRAY[n.sku, n.name] FROM products n WHERE n.id = p.successor_id) AS successor,
       -- What the asking account calls it: what it learnt last.
       COALESCE((SELECT n.key FROM part_numbers n
                 WHERE n.account_id = (SELECT NULLIF(current_setting('app.account_id', true), '')::uuid) AND n.product_id = p.id
                 ORDER BY n.at DESC, n.key LIMIT 1), '') AS own_number,
       l.agreements,
       -- Price candidates, for domain::pricing::resolve. Percentages and tiers are resolved there.
       (SELECT array_agg((m.price_list_id, m.currency, m.unit, m.min_quantity, m.unit_price, m.percent_off,
                          NULLIF(m.valid_from, '-infinity'), m.valid_to)::price_row)
        FROM prices m
        WHERE m.account_id = ANY ((SELECT current_setting('app.lineage')::uuid[])::uuid[]) AND m.product_id = p.id
          AND array_position(l.ids, m.price_list_id) > 0) AS prices
FROM products p
JOIN categories c ON c.id = p.category_id
CROSS JOIN opened o
CROSS JOIN lists l
CROSS JOIN LATERAL (
    SELECT COALESCE(sum(greatest(k.on_hand - k.reserved, 0)), 0) AS now,
           COALESCE(sum(k.incoming - greatest(k.reserved - k.on_hand, 0)), 0) AS later,
           max(k.incoming_on) FILTER (WHERE k.incoming > 0) AS later_on
    FROM stock k WHERE k.product_id = p.id) s;
GRANT SELECT ON product_facts TO buyerdesk_app, buyerdesk_staff, buyerdesk_job;

-- First prices, as in 0035, along the new order of prices.
CREATE OR REPLACE FUNCTION my_first_prices(want_currency text, strategy text, among uuid[]) RETURNS TABLE (product_id uuid, price numeric)
LANGUAGE sql STABLE SET search_path = public AS $$
    -- Percentages are off the list's own first price, else off the default list's. By windows and not by joins: the
    -- planner cannot know how many rows come, and would compare each with each. Nor can it know that a few thousand articles
    -- are few among all that a list holds: OFFSET 0 has their prices looked up one article after the other.
    WITH lists AS MATERIALIZED (
        SELECT l.* FROM my_price_lists l WHERE l.in_force
    ), valid AS (
        SELECT p.id AS product_id, l.level, l.priority, l.contract, l.list, m.min_quantity, m.unit_price, m.percent_off,
               ceil(p.min_quantity / p.quantity_multiple) * p.quantity_multiple AS first,
               first_value(m.unit_price) OVER (PARTITION BY p.id, l.contract, l.list
                   ORDER BY m.unit_price IS NULL, m.min_quantity, m.unit_price) AS own_base,
               first_value(CASE WHEN l.is_default THEN m.unit_price END) OVER (PARTITION BY p.id
                   ORDER BY m.unit_price IS NULL OR NOT l.is_default, m.min_quantity, m.unit_price) AS list_base
        FROM unnest(among) t (id)
        JOIN products p ON p.id = t.id
        CROSS JOIN LATERAL (
            SELECT r.* FROM prices r
            WHERE r.account_id = ANY ((SELECT current_setting('app.lineage')::uuid[])::uuid[]) AND r.product_id = p.id OFFSET 0) m
        JOIN lists l ON l.account_id = m.account_id AND l.id = m.price_list_id
        WHERE m.currency = want_currency AND m.unit = p.unit
          AND current_setting('app.today')::date BETWEEN m.valid_from AND COALESCE(m.valid_to, 'infinity')
    ), offers AS (
        SELECT DISTINCT ON (v.product_id, v.contract, v.list) v.product_id, v.level, v.priority,
               COALESCE(v.unit_price, round((100 - v.percent_off) / 100 * COALESCE(v.own_base, v.list_base), 4)) AS price
        FROM valid v
        WHERE v.min_quantity <= v.first
        ORDER BY v.product_id, v.contract, v.list, v.min_quantity DESC, 4
    )
    SELECT DISTINCT ON (f.product_id) f.product_id, f.price
    FROM offers f WHERE f.price > 0
    ORDER BY f.product_id, CASE WHEN strategy = 'priority' THEN -f.priority ELSE 0 END,
             CASE WHEN strategy = 'lowest' THEN 0 ELSE f.level END, f.price
$$;
