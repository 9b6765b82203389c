-- Words that mean the same to customers: every phrase of a row finds what any other of it finds (store::search).
CREATE TABLE synonyms (
    id uuid PRIMARY KEY,
    phrases text[] NOT NULL CHECK (cardinality(phrases) BETWEEN 2 AND 20 AND array_position(phrases, '') IS NULL),
    by_name text NOT NULL,
    at timestamptz NOT NULL
);
GRANT SELECT ON synonyms TO buyerdesk_app;
GRANT SELECT, INSERT, DELETE ON synonyms TO buyerdesk_staff;
GRANT SELECT, INSERT, DELETE ON synonyms TO buyerdesk_job;
CREATE TRIGGER catalog_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON synonyms
    FOR EACH STATEMENT EXECUTE FUNCTION raise_catalog_version();

-- Words and attributes are found by servers' own index now. The view has every column of its table, so it is made anew.
DROP VIEW my_products;
DROP INDEX products_words, products_trigrams, products_attributes, products_sku_prefix;
ALTER TABLE products DROP COLUMN search_words, DROP COLUMN search_text;
CREATE VIEW my_products WITH (security_invoker = true) AS
SELECT p.*
FROM products p
WHERE (SELECT bool_or(g.everything) FROM my_catalogs g)
   OR EXISTS (SELECT 1 FROM catalog_products cp
              WHERE cp.product_id = p.id AND cp.catalog_id = ANY (ARRAY(SELECT g.id FROM my_catalogs g WHERE NOT g.everything)));
GRANT SELECT ON my_products TO buyerdesk_app, buyerdesk_staff, buyerdesk_job;

-- Numbers by their beginnings; asked with ~>=~ and ~<~, whose plan does not depend on the words.
CREATE INDEX orders_number ON orders (account_id, number text_pattern_ops);
CREATE INDEX invoices_number ON invoices (account_id, number text_pattern_ops);
-- What is open, in the order of the list.
CREATE INDEX invoices_open ON invoices (account_id, issued_on DESC, id DESC) WHERE settled < gross;
