-- What a member has pasted into the quick order and not ordered yet: kept for mending, on every device.
CREATE TABLE quick_orders (
    account_id uuid NOT NULL REFERENCES accounts,
    member_id uuid NOT NULL,
    lines text NOT NULL,
    changed_at timestamptz NOT NULL,
    PRIMARY KEY (account_id, member_id),
    FOREIGN KEY (account_id, member_id) REFERENCES members
);

-- The customer's own part numbers, as they write them: upper case. One number for several articles is asked about, never guessed.
CREATE TABLE part_numbers (
    account_id uuid NOT NULL REFERENCES accounts,
    key text NOT NULL CHECK (key <> '' AND key = upper(key)),
    product_id uuid NOT NULL REFERENCES products,
    by_name text NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (account_id, key, product_id)
);

CALL secure_tenant_table('quick_orders');
CALL secure_tenant_table('part_numbers');
GRANT SELECT, INSERT, UPDATE, DELETE ON quick_orders TO buyerdesk_app;
GRANT SELECT, INSERT, DELETE ON part_numbers TO buyerdesk_app;
GRANT SELECT, INSERT ON part_numbers TO buyerdesk_job;
