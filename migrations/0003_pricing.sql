-- Contracts open a catalog and a price list to an account and its units. The seller's own account (nil id)
-- holds the default contract: every lineage ends there.
--
-- Prices are the seller's secret between customers, so they are tenant tables too: a list that only one
-- account's contracts use belongs to that account, a shared one to the seller.

CREATE TABLE price_lists (
    account_id uuid NOT NULL REFERENCES accounts,
    id uuid NOT NULL,
    code text NOT NULL CONSTRAINT price_list_code_taken UNIQUE,
    name text NOT NULL,
    PRIMARY KEY (account_id, id)
);

CREATE TABLE prices (
    account_id uuid NOT NULL,
    price_list_id uuid NOT NULL,
    product_id uuid NOT NULL REFERENCES products,
    currency char(3) NOT NULL,
    unit text NOT NULL,
    min_quantity numeric(12,3) NOT NULL CHECK (min_quantity > 0),
    unit_price numeric(19,4) CHECK (unit_price > 0),
    percent_off numeric(5,2) CHECK (percent_off BETWEEN 0 AND 100),
    valid_from date NOT NULL DEFAULT '-infinity',
    valid_to date,
    PRIMARY KEY (account_id, price_list_id, product_id, currency, unit, min_quantity, valid_from),
    FOREIGN KEY (account_id, price_list_id) REFERENCES price_lists,
    CONSTRAINT price_or_percentage CHECK ((unit_price IS NULL) <> (percent_off IS NULL)),
    CONSTRAINT price_ends_after_it_begins CHECK (valid_to >= valid_from)
);

CREATE TABLE contracts (
    account_id uuid NOT NULL REFERENCES accounts,
    id uuid NOT NULL,
    number text NOT NULL CONSTRAINT contract_number_taken UNIQUE,
    name text NOT NULL,
    status text NOT NULL CHECK (status IN ('draft', 'active', 'ended')),
    valid_from date NOT NULL,
    valid_to date,
    priority int NOT NULL DEFAULT 0,
    price_list_owner uuid,
    price_list_id uuid,
    catalog_id uuid REFERENCES catalogs,
    PRIMARY KEY (account_id, id),
    FOREIGN KEY (price_list_owner, price_list_id) REFERENCES price_lists (account_id, id),
    CONSTRAINT contract_prices_are_its_own_or_shared
        CHECK (price_list_owner IN (account_id, '00000000-0000-0000-0000-000000000000'::uuid)),
    CONSTRAINT contract_ends_after_it_begins CHECK (valid_to >= valid_from)
);
CREATE INDEX contracts_price_list ON contracts (price_list_owner, price_list_id);

DO $$
DECLARE t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['price_lists', 'prices', 'contracts'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
        EXECUTE format($p$CREATE POLICY lineage ON %I FOR ALL TO buyerdesk_app
            USING (account_id = ANY ((SELECT current_setting('app.lineage')::uuid[])::uuid[])) WITH CHECK (false)$p$, t);
        EXECUTE format($p$CREATE POLICY assigned_accounts ON %I FOR ALL TO buyerdesk_staff
            USING ((SELECT current_setting('app.staff_all')::boolean) OR account_id = '00000000-0000-0000-0000-000000000000' OR account_id IN
                   (SELECT a.account_id FROM staff_assignments a WHERE a.person_id = (SELECT current_setting('app.person_id')::uuid)))
            WITH CHECK (false)$p$, t);
        EXECUTE format('CREATE POLICY every_account ON %I FOR ALL TO buyerdesk_job USING (true) WITH CHECK (true)', t);
    END LOOP;
END $$;

GRANT SELECT ON price_lists, prices, contracts TO buyerdesk_app, buyerdesk_staff;
GRANT SELECT, INSERT, UPDATE ON price_lists, contracts, prices TO buyerdesk_job;
GRANT DELETE ON prices TO buyerdesk_job;

-- ---------------------------------------------------------------------------------------------
-- What the asking account may see and pays. All read the transaction's context (app.lineage, app.today), so a query
-- cannot forget it. They run with the caller's rights: row-level security holds underneath.

-- Contracts that reach the account, in force or not (the explanation of a price names the others too); level 0 is its own.
CREATE VIEW my_contracts WITH (security_invoker = true) AS
SELECT c.*,
       array_position((SELECT current_setting('app.lineage')::uuid[]), c.account_id) - 1 AS level,
       c.account_id = '00000000-0000-0000-0000-000000000000' AS is_default,
       c.status = 'active' AND (SELECT current_setting('app.today')::date) BETWEEN c.valid_from AND COALESCE(c.valid_to, 'infinity') AS in_force
FROM contracts c
WHERE c.account_id = ANY ((SELECT current_setting('app.lineage')::uuid[])::uuid[]);

-- The catalogs that its agreements open; without any agreement the default catalog, if the seller shows it to everyone.
CREATE VIEW my_catalogs WITH (security_invoker = true) AS
SELECT g.id, g.everything
FROM my_contracts c JOIN catalogs g ON g.id = c.catalog_id
WHERE c.in_force
  AND CASE WHEN c.is_default
           THEN (SELECT default_catalog_for_all FROM seller)
                AND NOT EXISTS (SELECT 1 FROM my_contracts o WHERE o.in_force AND NOT o.is_default AND o.catalog_id IS NOT NULL)
           ELSE true END;

-- The assortment: the only way to list products.
CREATE VIEW my_products WITH (security_invoker = true) AS
SELECT p.*
FROM products p
WHERE (SELECT bool_or(g.everything) FROM my_catalogs g)
   OR EXISTS (SELECT 1 FROM catalog_products cp
              WHERE cp.product_id = p.id AND cp.catalog_id = ANY (ARRAY(SELECT g.id FROM my_catalogs g WHERE NOT g.everything)));

-- The price lists that its contracts open.
CREATE VIEW my_price_lists WITH (security_invoker = true) AS
SELECT c.level, c.is_default, c.priority, c.number AS contract, c.in_force, c.status = 'active' AS contract_active,
       c.valid_from AS contract_from, c.valid_to AS contract_to, l.account_id, l.id, l.code AS list
FROM my_contracts c
JOIN price_lists l ON l.account_id = c.price_list_owner AND l.id = c.price_list_id;

-- Price candidates, for domain::pricing::resolve. Percentages and tiers are resolved there.
CREATE VIEW my_prices WITH (security_invoker = true) AS
SELECT p.product_id, l.level, l.is_default, l.priority, l.contract, l.list, l.in_force,
       l.contract_active, l.contract_from, l.contract_to,
       p.currency, p.unit, p.min_quantity, p.unit_price, p.percent_off,
       NULLIF(p.valid_from, '-infinity') AS valid_from, p.valid_to
FROM my_price_lists l
JOIN prices p ON p.account_id = l.account_id AND p.price_list_id = l.id;

-- The prices at the smallest orderable quantity: what lists are sorted by, for the whole assortment in one go. A test
-- holds them against the pure function.
CREATE FUNCTION my_first_prices(want_currency text, strategy text) RETURNS TABLE (product_id uuid, price numeric)
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
        WHERE m.in_force AND m.currency = want_currency AND m.unit = p.unit
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

-- What servers have counted of an assortment is good for one version (store::catalog::overview). Raised in the
-- transaction that changes something, so nobody sees the one without the other.
CREATE FUNCTION raise_catalog_version() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
    UPDATE seller SET catalog_version = catalog_version + 1;
    RETURN NULL;
END $$;
DO $$
DECLARE t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['categories', 'products', 'catalogs', 'catalog_products'] LOOP
        EXECUTE format('CREATE TRIGGER catalog_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON %I
            FOR EACH STATEMENT EXECUTE FUNCTION raise_catalog_version()', t);
    END LOOP;
END $$;

-- Everything that a list, a cart line, a reorder or a submission asks about a product, in one shape (store::catalog::Facts).
-- Exact numbers travel as text. What does not depend on the product is found once, not once a product; ask with a
-- condition on `id` or `sku`, never by a join, or it is found out about every product there is.
CREATE VIEW product_facts WITH (security_invoker = true) AS
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
        WHERE m.product_id = p.id) AS candidates
FROM products p
JOIN categories c ON c.id = p.category_id
CROSS JOIN opened o
CROSS JOIN LATERAL (
    SELECT COALESCE(sum(greatest(k.on_hand - k.reserved, 0)), 0) AS now,
           COALESCE(sum(k.incoming - greatest(k.reserved - k.on_hand, 0)), 0) AS later,
           max(k.incoming_on) FILTER (WHERE k.incoming > 0) AS later_on
    FROM stock k WHERE k.product_id = p.id) s;

GRANT SELECT ON my_contracts, my_catalogs, my_products, my_price_lists, my_prices, product_facts TO buyerdesk_app, buyerdesk_staff, buyerdesk_job;
GRANT EXECUTE ON FUNCTION my_first_prices(text, text) TO buyerdesk_app;
