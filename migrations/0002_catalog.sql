-- What is sold. Not under account row-level security (its operators would switch the search indexes off):
-- what an account may see of it is the join with the catalogs its contracts open.

CREATE TABLE categories (
    id uuid PRIMARY KEY,
    slug text NOT NULL CONSTRAINT category_slug_taken UNIQUE CHECK (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$'),
    name text NOT NULL CONSTRAINT category_name_taken UNIQUE,
    icon text NOT NULL DEFAULT '',
    position int NOT NULL DEFAULT 0
);

CREATE TABLE products (
    id uuid PRIMARY KEY,
    sku text NOT NULL CONSTRAINT product_sku_taken UNIQUE CHECK (sku = upper(btrim(sku)) AND sku <> ''),
    gtin text CHECK (gtin ~ '^[0-9]{8,14}$'),
    name text NOT NULL CHECK (name <> ''),
    description text NOT NULL DEFAULT '',
    category_id uuid NOT NULL REFERENCES categories,
    unit text NOT NULL DEFAULT 'EA',
    min_quantity numeric(12,3) NOT NULL DEFAULT 1 CHECK (min_quantity > 0),
    quantity_multiple numeric(12,3) NOT NULL DEFAULT 1 CHECK (quantity_multiple > 0),
    max_quantity numeric(12,3) CHECK (max_quantity >= min_quantity),
    pieces_per_pack int CHECK (pieces_per_pack > 0),
    tax_rate numeric(5,2) NOT NULL DEFAULT 20 CHECK (tax_rate BETWEEN 0 AND 100),
    status text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'discontinued')),
    successor_id uuid REFERENCES products,
    picture text NOT NULL DEFAULT '',
    attributes jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(attributes) = 'object'),
    search_text text NOT NULL GENERATED ALWAYS AS (lower(name || ' ' || sku || ' ' || description)) STORED,
    search_words tsvector NOT NULL GENERATED ALWAYS AS
        (setweight(to_tsvector('english', name), 'A') || setweight(to_tsvector('simple', lower(sku)), 'A')
         || setweight(to_tsvector('english', description), 'C')) STORED
);
-- The orders in which lists are read and counted, without visiting the table.
CREATE INDEX products_category_name ON products (category_id, name, id) WHERE status = 'active';
CREATE INDEX products_name ON products (name, id) WHERE status = 'active';
CREATE INDEX products_sku ON products (sku, id) WHERE status = 'active';
CREATE INDEX products_sku_prefix ON products (sku text_pattern_ops);
CREATE INDEX products_gtin_prefix ON products (gtin text_pattern_ops);
CREATE INDEX products_words ON products USING gin (search_words);
CREATE INDEX products_trigrams ON products USING gin (search_text gin_trgm_ops);
CREATE INDEX products_attributes ON products USING gin (attributes jsonb_path_ops);
COMMENT ON COLUMN products.picture IS 'file below the media folder, or a drawing''s name; empty: the category''s drawing';

-- An assortment. `everything` spares a row per product for the default catalog.
CREATE TABLE catalogs (
    id uuid PRIMARY KEY,
    code text NOT NULL CONSTRAINT catalog_code_taken UNIQUE,
    name text NOT NULL,
    everything boolean NOT NULL DEFAULT false
);

CREATE TABLE catalog_products (
    catalog_id uuid NOT NULL REFERENCES catalogs,
    product_id uuid NOT NULL REFERENCES products,
    PRIMARY KEY (catalog_id, product_id)
);
CREATE INDEX catalog_products_product ON catalog_products (product_id, catalog_id);

CREATE TABLE warehouses (
    code text PRIMARY KEY,
    name text NOT NULL,
    position int NOT NULL DEFAULT 0
);

-- Promised beyond what stands on the shelf only as far as a delivery with a date covers it.
CREATE TABLE stock (
    warehouse text NOT NULL REFERENCES warehouses,
    product_id uuid NOT NULL REFERENCES products,
    on_hand numeric(12,3) NOT NULL CHECK (on_hand >= 0),
    reserved numeric(12,3) NOT NULL DEFAULT 0,
    incoming numeric(12,3) NOT NULL DEFAULT 0 CHECK (incoming >= 0),
    incoming_on date,
    PRIMARY KEY (product_id, warehouse),
    CONSTRAINT stock_not_oversold CHECK (reserved BETWEEN 0 AND on_hand + incoming),
    CONSTRAINT incoming_has_a_date CHECK (incoming = 0 OR incoming_on IS NOT NULL)
);

GRANT SELECT ON categories, products, catalogs, catalog_products, warehouses, stock TO buyerdesk_app, buyerdesk_staff, buyerdesk_job;
GRANT UPDATE (reserved) ON stock TO buyerdesk_app;
GRANT INSERT, UPDATE ON categories, products, catalogs, warehouses, stock TO buyerdesk_job;
GRANT INSERT, DELETE ON catalog_products TO buyerdesk_job;
