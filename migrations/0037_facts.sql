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
