-- One row a right that the login role, or a role it can take, must not have.
WITH mine AS (
    SELECT r.oid, r.rolname, r.rolsuper, r.rolbypassrls FROM pg_roles r WHERE pg_has_role(session_user, r.oid, 'MEMBER')
)
SELECT format('role %I is a superuser', rolname) FROM mine WHERE rolsuper
UNION ALL
SELECT format('role %I may bypass row-level security', rolname) FROM mine WHERE rolbypassrls AND NOT rolsuper
UNION ALL
SELECT format('role %I owns table %s', m.rolname, c.oid::regclass)
FROM pg_class c JOIN mine m ON m.oid = c.relowner
WHERE c.relkind IN ('r', 'p', 'v') AND c.relnamespace = 'public'::regnamespace AND NOT m.rolsuper
UNION ALL
SELECT format('role %I may %s %s', m.rolname, lower(p.privilege), t.name)
FROM mine m, unnest(ARRAY['UPDATE', 'DELETE', 'TRUNCATE']) AS p(privilege), unnest(ARRAY['audit_log', 'payments', 'allocations', 'ledger_entries', 'order_events', 'invoice_lines', 'invoice_charges', 'order_lines', 'approval_log', 'budget_entries', 'quote_versions', 'quote_thread', 'schedule_log']) AS t(name)
WHERE NOT m.rolsuper AND has_table_privilege(m.oid, t.name, p.privilege)
  -- An approver may drop lines of an order that waits; a policy holds it to that.
  AND (m.rolname, p.privilege, t.name) <> ('buyerdesk_app', 'DELETE', 'order_lines')
