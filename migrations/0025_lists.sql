-- Requisition lists: one's own, shared with the account, shared with the units below.

CREATE TABLE lists (
    account_id uuid NOT NULL REFERENCES accounts,
    id uuid NOT NULL,
    member_id uuid NOT NULL,
    made_by text NOT NULL,
    name text NOT NULL CHECK (name <> ''),
    account_right text NOT NULL DEFAULT 'none' CHECK (account_right IN ('none', 'read', 'use', 'edit')),
    units_right text NOT NULL DEFAULT 'none' CHECK (units_right IN ('none', 'read', 'use')),
    changed_at timestamptz NOT NULL,
    PRIMARY KEY (account_id, id),
    FOREIGN KEY (account_id, member_id) REFERENCES members
);
COMMENT ON COLUMN lists.made_by IS 'who made it: its member, or both names where somebody of the seller''s did for the member';
CREATE INDEX lists_of_member ON lists (account_id, member_id);

CREATE TABLE list_lines (
    account_id uuid NOT NULL,
    list_id uuid NOT NULL,
    product_id uuid NOT NULL REFERENCES products,
    position int NOT NULL,
    quantity numeric(12,3) NOT NULL CHECK (quantity > 0),
    par numeric(12,3) CHECK (par > 0),
    PRIMARY KEY (account_id, list_id, product_id),
    FOREIGN KEY (account_id, list_id) REFERENCES lists ON DELETE CASCADE
);

CALL secure_tenant_table('lists');
CALL secure_tenant_table('list_lines');
-- Units read the lists of those above them that are shared with units: a second policy, for reading alone.
CREATE POLICY shared_from_above ON lists FOR SELECT TO buyerdesk_app
    USING (units_right <> 'none' AND account_id = ANY ((SELECT current_setting('app.lineage')::uuid[])::uuid[]));
CREATE POLICY shared_from_above ON list_lines FOR SELECT TO buyerdesk_app
    USING (account_id = ANY ((SELECT current_setting('app.lineage')::uuid[])::uuid[])
           AND EXISTS (SELECT 1 FROM lists l WHERE (l.account_id, l.id) = (list_lines.account_id, list_lines.list_id) AND l.units_right <> 'none'));
GRANT SELECT, INSERT, UPDATE, DELETE ON lists, list_lines TO buyerdesk_app;
GRANT SELECT, INSERT ON lists, list_lines TO buyerdesk_job;
