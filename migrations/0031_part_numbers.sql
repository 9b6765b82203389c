-- Customers' own part numbers wherever an article is shown, and on documents as they were when the document was made.
CREATE INDEX part_numbers_product ON part_numbers (account_id, product_id, at DESC);
ALTER TABLE order_lines ADD COLUMN own_number text NOT NULL DEFAULT '';
ALTER TABLE invoice_lines ADD COLUMN own_number text NOT NULL DEFAULT '';
GRANT SELECT ON part_numbers TO buyerdesk_staff;

CREATE OR REPLACE VIEW product_facts WITH (security_invoker = true) AS
WITH opened AS MATERIALIZED (
    SELECT bool_or(g.everything) AS everything, array_agg(g.id) AS ids FROM my_catalogs g
), lists AS MATERIALIZED (
    SELECT * FROM my_price_lists
)
SELECT p.id, p.sku, p.name, p.unit, p.min_quantity::text AS minimum, p.quantity_multiple::text AS multiple,
       p.max_quantity::text AS maximum, p.pieces_per_pack AS pieces, p.tax_rate::text AS tax_rate,
       p.status = 'discontinued' AS discontinued, p.picture, c.icon, c.slug AS category,
       COALESCE(o.everything OR EXISTS (SELECT 1 FROM catalog_products cp WHERE cp.product_id = p.id AND cp.catalog_id = ANY (o.ids)), false)
           AS in_assortment,
       s.now::text AS now, s.later::text AS later, s.later_on,
       (SELECT json_build_array(n.sku, n.name) FROM products n WHERE n.id = p.successor_id) AS successor,
       (SELECT json_agg(json_build_object(
            'level', l.level, 'is_default', l.is_default, 'priority', l.priority, 'contract', l.contract, 'list', l.list,
            'contract_active', l.contract_active, 'contract_from', l.contract_from, 'contract_to', l.contract_to,
            'currency', m.currency, 'unit', m.unit, 'min_quantity', m.min_quantity::text,
            'rate', CASE WHEN m.unit_price IS NULL THEN json_build_object('PercentOff', m.percent_off::text)
                         ELSE json_build_object('Fixed', m.unit_price::text) END,
            'valid_from', NULLIF(m.valid_from, '-infinity'), 'valid_to', m.valid_to))
        FROM lists l JOIN prices m ON m.account_id = l.account_id AND m.price_list_id = l.id
        WHERE m.product_id = p.id) AS candidates,
       p.larger_units,
       -- What the asking account calls it: what it learnt last.
       COALESCE((SELECT n.key FROM part_numbers n
                 WHERE n.account_id = (SELECT NULLIF(current_setting('app.account_id', true), '')::uuid) AND n.product_id = p.id
                 ORDER BY n.at DESC, n.key LIMIT 1), '') AS own_number
FROM products p
JOIN categories c ON c.id = p.category_id
CROSS JOIN opened o
CROSS JOIN LATERAL (
    SELECT COALESCE(sum(greatest(k.on_hand - k.reserved, 0)), 0) AS now,
           COALESCE(sum(k.incoming - greatest(k.reserved - k.on_hand, 0)), 0) AS later,
           max(k.incoming_on) FILTER (WHERE k.incoming > 0) AS later_on
    FROM stock k WHERE k.product_id = p.id) s;
