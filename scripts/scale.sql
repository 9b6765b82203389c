-- Makes a database as large as a large seller's, for `make bench-scale`: as a superuser who skips triggers and looks at no policy.
-- psql variables: products, accounts, orders (in all), mine (orders of the account that is measured), buyer (whose account that is).
\set ON_ERROR_STOP on
SET session_replication_role = replica;
SET synchronous_commit = off;
SET max_parallel_workers_per_gather = 0;

\echo products
-- Temporary tables of a session that analyses at the end.
CREATE TEMP TABLE words (kind text, n int, word text);
INSERT INTO words SELECT 'a', n - 1, w FROM unnest(ARRAY['Galvanised', 'Stainless', 'Flexible', 'Heavy-duty', 'Insulated', 'Magnetic', 'Brass', 'Nylon', 'Rubber', 'Copper', 'Ceramic', 'Foldable', 'Sterile', 'Antistatic', 'Reinforced', 'Transparent']) WITH ORDINALITY u (w, n);
INSERT INTO words SELECT 'b', n - 1, w FROM unnest(ARRAY['hex bolt', 'washer', 'hose clamp', 'cable tie', 'pipe elbow', 'ball valve', 'work glove', 'safety goggles', 'drill bit', 'saw blade', 'paint roller', 'storage box', 'label roll', 'packing tape', 'pallet wrap', 'bearing', 'gasket', 'fuse', 'relay', 'switch', 'LED lamp', 'extension lead', 'screwdriver', 'torque wrench', 'padlock', 'hinge', 'castor', 'shelf bracket', 'filter cartridge', 'spray nozzle', 'cleaning cloth', 'ear plugs']) WITH ORDINALITY u (w, n);
INSERT INTO words SELECT 'c', n - 1, w FROM unnest(ARRAY['black', 'white', 'red', 'blue', 'zinc plated', 'chrome', 'clear', 'yellow', 'green']) WITH ORDINALITY u (w, n);
CREATE TEMP TABLE sorts AS SELECT id, row_number() OVER (ORDER BY position) - 1 AS n FROM categories;
INSERT INTO products (id, sku, gtin, name, description, category_id, unit, min_quantity, quantity_multiple, attributes)
SELECT gen_random_uuid(), 'SC-' || lpad(g.i::text, 7, '0'), lpad((4000000000000 + g.i)::text, 13, '0'),
       a.word || ' ' || b.word || ' ' || (g.i % 97 + 3) || ' × ' || (g.i % 41 * 5 + 10) || ' mm, ' || c.word,
       'For ' || lower(a.word) || ' work with ' || b.word || 's; order number ' || g.i, s.id, 'EA', 1, 1,
       jsonb_build_object('Length', (g.i % 41 * 5 + 10) || ' mm', 'Width', (g.i % 97 + 3) || ' mm', 'Colour', c.word)
FROM generate_series(1, :products - (SELECT count(*) FROM products)) g (i)
JOIN words a ON a.kind = 'a' AND a.n = g.i / 7 % 16 JOIN words b ON b.kind = 'b' AND b.n = g.i / 113 % 32 JOIN words c ON c.kind = 'c' AND c.n = g.i % 9
JOIN sorts s ON s.n = g.i / 113 % (SELECT count(*) FROM sorts);
INSERT INTO stock (warehouse, product_id, on_hand)
SELECT w.code, p.id, 100000 FROM products p CROSS JOIN (SELECT code FROM warehouses ORDER BY position LIMIT 2) w ON CONFLICT DO NOTHING;
UPDATE seller SET catalog_version = catalog_version + 1;
CREATE TEMP TABLE articles AS SELECT id, sku, name, unit, row_number() OVER (ORDER BY sku) - 1 AS n FROM products;
CREATE UNIQUE INDEX ON articles (n);

\echo accounts
INSERT INTO accounts (id, number, name, currency, country)
SELECT gen_random_uuid(), 'SC' || n, 'Scale ' || n || ' Limited', 'GBP', 'GB'
FROM generate_series(1, :accounts - (SELECT count(*) FROM accounts)) n;
CREATE TEMP TABLE customers AS
SELECT id, row_number() OVER (ORDER BY id) - 1 AS n FROM accounts WHERE id <> '00000000-0000-0000-0000-000000000000' AND parent_id IS NULL;
CREATE UNIQUE INDEX ON customers (n);
SELECT m.account_id AS mine FROM members m JOIN people p ON p.id = m.person_id WHERE p.email = :'buyer' LIMIT 1 \gset
SELECT count(*) AS customers FROM customers \gset
SELECT count(*) AS articles FROM articles \gset

\echo prices
CREATE TEMP TABLE lists AS
SELECT c.id AS account_id, gen_random_uuid() AS id, c.n * 3 + k AS n, k FROM customers c CROSS JOIN generate_series(0, 2) k;
INSERT INTO price_lists (account_id, id, code, name) SELECT account_id, id, 'SC-' || n, 'Scale ' || n FROM lists;
INSERT INTO contracts (account_id, id, number, name, status, valid_from, priority, price_list_owner, price_list_id)
SELECT account_id, gen_random_uuid(), 'SCK-' || n, 'Scale ' || n, 'active', '2020-01-01', k, account_id, id FROM lists;
INSERT INTO prices (account_id, price_list_id, product_id, currency, unit, min_quantity, unit_price, valid_from)
SELECT l.account_id, l.id, a.id, 'GBP', a.unit, 1 + i % 2 * 9, 1 + (l.n * 31 + i) % 9000 / 100.0, '-infinity'
FROM lists l CROSS JOIN generate_series(0, 99) i JOIN articles a ON a.n = (l.n * 977 + i / 2 * 389) % :articles ON CONFLICT DO NOTHING;
-- Whoever is measured has a price for everything.
INSERT INTO prices (account_id, price_list_id, product_id, currency, unit, min_quantity, unit_price, valid_from)
SELECT l.account_id, l.id, a.id, 'GBP', a.unit, 1, 2 + (a.n + l.k) % 5000 / 100.0, '-infinity'
FROM lists l CROSS JOIN articles a WHERE l.account_id = :'mine' ON CONFLICT DO NOTHING;

\echo orders
CREATE TEMP TABLE placed AS
SELECT CASE WHEN g.i <= :mine_orders THEN :'mine'::uuid ELSE c.id END AS account_id, gen_random_uuid() AS id, g.i AS n, g.i % 3 + 1 AS lines,
       now() - g.i % 700 * interval '1 day' - g.i % 86400 * interval '1 second' AS at
FROM generate_series(1, :orders) g (i) JOIN customers c ON c.n = g.i % :customers;
INSERT INTO orders (account_id, id, number, status, placed_by, placed_at, po_number, currency, net, tax, gross, line_count, source)
SELECT account_id, id, 'SCO-' || n, 'completed', 'Scale', at, 'PO ' || n, 'GBP', 10 * lines, 2 * lines, 12 * lines, lines, 'import' FROM placed;
INSERT INTO order_lines (account_id, order_id, line_no, product_id, sku, name, unit, quantity, unit_price, net, tax_rate, quantity_shipped)
SELECT p.account_id, p.id, k, a.id, a.sku, a.name, a.unit, 2, 5, 10, 20, 2
FROM placed p CROSS JOIN generate_series(1, 3) k JOIN articles a ON a.n = (p.n * 7919::bigint + k * 104729) % :articles WHERE k <= p.lines;

\echo invoices
INSERT INTO invoices (account_id, id, number, kind, issued_on, due_on, order_id, order_number, po_number, currency, net, tax, gross, settled, line_count, source)
SELECT account_id, id, 'SCI-' || n, 'invoice', at::date, at::date + 30, id, 'SCO-' || n, 'PO ' || n, 'GBP', 10 * lines, 2 * lines, 12 * lines, 12 * lines, lines, 'import'
FROM placed;
INSERT INTO invoice_lines (account_id, invoice_id, line_no, sku, name, unit, quantity, unit_price, net, tax_rate)
SELECT account_id, order_id, line_no, sku, name, unit, quantity, unit_price, net, tax_rate FROM order_lines WHERE order_id IN (SELECT id FROM placed);
\echo statistics
VACUUM ANALYZE;
