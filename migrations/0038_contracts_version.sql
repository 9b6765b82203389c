-- What its contracts open to an account, and what its articles cost there, stays the same until somebody changes it. Servers keep it for
-- one version (store::catalog::contracts), raised in the transaction that changes it, so nobody sees the one without the other.
ALTER TABLE seller ADD COLUMN contracts_version bigint NOT NULL DEFAULT 0;
COMMENT ON COLUMN seller.contracts_version IS 'raised with every change of contracts and prices, for what servers keep of them';

CREATE FUNCTION raise_contracts_version() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE seller SET contracts_version = contracts_version + 1;
    RETURN NULL;
END $$;
DO $$
DECLARE t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['contracts', 'price_lists', 'prices', 'catalogs'] LOOP
        EXECUTE format('CREATE TRIGGER contracts_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON %I
            FOR EACH STATEMENT EXECUTE FUNCTION raise_contracts_version()', t);
    END LOOP;
END $$;
CREATE TRIGGER contracts_changed AFTER UPDATE OF default_catalog_for_all ON seller
    FOR EACH STATEMENT EXECUTE FUNCTION raise_contracts_version();

DROP VIEW product_facts;
CREATE TYPE product_fact AS (id uuid, sku text, name text, unit text, larger_units jsonb, minimum numeric, multiple numeric, maximum numeric,
    pieces int, tax_rate numeric, discontinued boolean, picture text, icon text, category text, in_assortment boolean, successor text[],
    prices price_row[]);
-- What stays the same about a product as long as nobody changes the catalog (`seller.catalog_version`), a contract or a price
-- (`seller.contracts_version`), for an account whose contracts open these price lists and catalogs. Ask with a condition on `id`.
CREATE FUNCTION product_facts(lists uuid[], everything boolean, catalogs uuid[]) RETURNS SETOF product_fact LANGUAGE sql STABLE AS $$
SELECT p.id, p.sku, p.name, p.unit, p.larger_units, p.min_quantity, p.quantity_multiple, p.max_quantity, p.pieces_per_pack, p.tax_rate,
       p.status = 'discontinued', p.picture, c.icon, c.slug,
       everything OR EXISTS (SELECT 1 FROM catalog_products cp WHERE cp.product_id = p.id AND cp.catalog_id = ANY (catalogs)),
       (SELECT ARRAY[n.sku, n.name] FROM products n WHERE n.id = p.successor_id),
       -- Price candidates, for domain::pricing::resolve. Percentages and tiers are resolved there.
       (SELECT array_agg((m.price_list_id, m.currency, m.unit, m.min_quantity, m.unit_price, m.percent_off,
                          NULLIF(m.valid_from, '-infinity'), m.valid_to)::price_row)
        FROM prices m
        WHERE m.account_id = ANY ((SELECT current_setting('app.lineage')::uuid[])::uuid[]) AND m.product_id = p.id
          AND array_position(lists, m.price_list_id) > 0)
FROM products p
JOIN categories c ON c.id = p.category_id
$$;

CREATE TYPE product_now AS (id uuid, free numeric, later numeric, later_on date, own_number text);
-- What may have changed since a moment ago: what there is of each product, and what the asking account calls it (what it learnt last).
-- In the order in which they are asked for.
CREATE FUNCTION products_now(among uuid[]) RETURNS SETOF product_now LANGUAGE sql STABLE AS $$
SELECT t.id, s.free, s.later, s.later_on,
       COALESCE((SELECT n.key FROM part_numbers n
                 WHERE n.account_id = (SELECT NULLIF(current_setting('app.account_id', true), '')::uuid) AND n.product_id = t.id
                 ORDER BY n.at DESC, n.key LIMIT 1), '')
FROM unnest(among) WITH ORDINALITY t (id, position)
CROSS JOIN LATERAL (
    SELECT COALESCE(sum(greatest(k.on_hand - k.reserved, 0)), 0) AS free,
           COALESCE(sum(k.incoming - greatest(k.reserved - k.on_hand, 0)), 0) AS later,
           max(k.incoming_on) FILTER (WHERE k.incoming > 0) AS later_on
    FROM stock k WHERE k.product_id = t.id) s
ORDER BY t.position
$$;
REVOKE EXECUTE ON FUNCTION product_facts(uuid[], boolean, uuid[]), products_now(uuid[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION product_facts(uuid[], boolean, uuid[]), products_now(uuid[]) TO buyerdesk_app, buyerdesk_staff, buyerdesk_job;
