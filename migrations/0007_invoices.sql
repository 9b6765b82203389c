-- The seller's documents, payments, and what settles what. `settled` repeats the sum of the allocations so that
-- open documents can be found by index; the doctor proves that it does.

CREATE TABLE invoices (
    account_id uuid NOT NULL REFERENCES accounts,
    id uuid NOT NULL,
    number text NOT NULL,
    kind text NOT NULL CHECK (kind IN ('invoice', 'credit_note')),
    issued_on date NOT NULL,
    due_on date NOT NULL,
    order_id uuid,
    order_number text NOT NULL DEFAULT '',
    po_number text NOT NULL DEFAULT '',
    cost_centre text NOT NULL DEFAULT '',
    bill_to jsonb NOT NULL DEFAULT '{}',
    currency char(3) NOT NULL,
    net numeric(19,4) NOT NULL CHECK (net >= 0),
    tax numeric(19,4) NOT NULL CHECK (tax >= 0),
    gross numeric(19,4) NOT NULL,
    settled numeric(19,4) NOT NULL DEFAULT 0,
    line_count int NOT NULL CHECK (line_count > 0),
    source text NOT NULL DEFAULT 'portal' CHECK (source IN ('portal', 'import')),
    import_hash bytea,
    PRIMARY KEY (account_id, id),
    CONSTRAINT invoice_number_taken UNIQUE (account_id, number),
    FOREIGN KEY (account_id, order_id) REFERENCES orders,
    CONSTRAINT invoice_total_adds_up CHECK (gross = net + tax),
    CONSTRAINT never_settled_beyond_its_total CHECK (settled BETWEEN 0 AND gross)
);
CREATE INDEX invoices_history ON invoices (account_id, issued_on DESC, id DESC);
CREATE INDEX invoices_unsettled ON invoices (account_id, due_on, id) INCLUDE (kind, gross, settled) WHERE settled < gross;

CREATE TABLE invoice_lines (
    account_id uuid NOT NULL,
    invoice_id uuid NOT NULL,
    line_no int NOT NULL CHECK (line_no > 0),
    sku text NOT NULL,
    name text NOT NULL,
    unit text NOT NULL,
    quantity numeric(12,3) NOT NULL CHECK (quantity > 0),
    unit_price numeric(19,4) NOT NULL CHECK (unit_price >= 0),
    net numeric(19,4) NOT NULL,
    tax_rate numeric(5,2) NOT NULL CHECK (tax_rate BETWEEN 0 AND 100),
    PRIMARY KEY (account_id, invoice_id, line_no),
    FOREIGN KEY (account_id, invoice_id) REFERENCES invoices
);

CALL secure_tenant_table('invoices');
CALL secure_tenant_table('invoice_lines');

GRANT SELECT ON invoices, invoice_lines TO buyerdesk_app, buyerdesk_staff;
GRANT SELECT, INSERT ON invoices, invoice_lines TO buyerdesk_job;
GRANT UPDATE (settled) ON invoices TO buyerdesk_job;
