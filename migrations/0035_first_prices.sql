-- First prices of some products: what a list is sorted by. For the whole of a large assortment it took seconds; a page that has so
-- many is not sorted by price (store::catalog::list).
DROP FUNCTION my_first_prices(text, text);
CREATE FUNCTION my_first_prices(want_currency text, strategy text, among uuid[]) RETURNS TABLE (product_id uuid, price numeric)
LANGUAGE sql STABLE SET search_path = public AS $$
    -- Percentages are off the list's own first price, else off the default list's. By windows and not by joins: the
    -- planner cannot know how many rows come, and would compare each with each.
    WITH valid AS (
        SELECT m.product_id, m.level, m.priority, m.contract, m.list, m.min_quantity, m.unit_price, m.percent_off,
               ceil(p.min_quantity / p.quantity_multiple) * p.quantity_multiple AS first,
               first_value(m.unit_price) OVER (PARTITION BY m.product_id, m.contract, m.list
                   ORDER BY m.unit_price IS NULL, m.min_quantity, m.unit_price) AS own_base,
               first_value(CASE WHEN m.is_default THEN m.unit_price END) OVER (PARTITION BY m.product_id
                   ORDER BY m.unit_price IS NULL OR NOT m.is_default, m.min_quantity, m.unit_price) AS list_base
        FROM my_prices m JOIN products p ON p.id = m.product_id
        WHERE m.product_id = ANY (among) AND m.in_force AND m.currency = want_currency AND m.unit = p.unit
          AND current_setting('app.today')::date BETWEEN COALESCE(m.valid_from, '-infinity') AND COALESCE(m.valid_to, 'infinity')
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
GRANT EXECUTE ON FUNCTION my_first_prices(text, text, uuid[]) TO buyerdesk_app;
