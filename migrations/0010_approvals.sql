-- Who decides: an account's rules, the flow that they start for an order and what was said in it; delegations; budgets
-- with their ledger; what people are told in the portal.

ALTER TABLE members
    ADD COLUMN manager_id uuid,
    ADD COLUMN no_mail text[] NOT NULL DEFAULT '{}' CHECK (no_mail <@ ARRAY['ask', 'decision', 'talk', 'company']),
    ADD CONSTRAINT member_manager FOREIGN KEY (account_id, manager_id) REFERENCES members,
    ADD CONSTRAINT nobody_manages_themselves CHECK (manager_id <> id);

COMMENT ON COLUMN members.no_mail IS 'kinds of notices that come by the bell alone';

ALTER TABLE accounts ADD COLUMN decide_by_mail boolean NOT NULL DEFAULT true;
ALTER TABLE accounts
    ADD COLUMN remind_after int DEFAULT 8 CHECK (remind_after > 0),
    ADD COLUMN escalate_after int DEFAULT 24 CHECK (escalate_after > 0);
COMMENT ON COLUMN accounts.remind_after IS 'working hours without a decision; null: never';
COMMENT ON COLUMN accounts.escalate_after IS 'working hours without a decision until others may decide; null: never';
COMMENT ON COLUMN accounts.decide_by_mail IS 'approvers may decide from the link in the mail, without signing in';

-- `rule` is domain::approvals::Rule. Changes are in the audit trail with before and after.
CREATE TABLE approval_rules (
    account_id uuid NOT NULL REFERENCES accounts,
    id uuid NOT NULL,
    rule jsonb NOT NULL CHECK (jsonb_typeof(rule) = 'object'),
    enabled boolean NOT NULL DEFAULT true,
    position int NOT NULL DEFAULT 0,
    version int NOT NULL DEFAULT 1,
    PRIMARY KEY (account_id, id)
);
CALL secure_tenant_table('approval_rules');
-- Units inherit the rules of those above them; they cannot change them.
CREATE POLICY inherited ON approval_rules FOR SELECT TO buyerdesk_app
    USING (account_id = ANY ((SELECT current_setting('app.lineage')::uuid[])::uuid[]));

-- The history of the rules is what the audit trail says of them; its lines have their keys in order.
CREATE INDEX audit_rules ON audit_log (account_id, seq) WHERE line LIKE '{"action":"rule.%';

-- The runtime case of one order. `rules` is what matched, as it was then (domain::approvals::FlowRule).
CREATE TABLE approval_flows (
    account_id uuid NOT NULL,
    order_id uuid NOT NULL,
    requester uuid NOT NULL,
    status text NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'approved', 'rejected', 'returned', 'withdrawn')),
    version int NOT NULL DEFAULT 1,
    rules jsonb NOT NULL,
    started_at timestamptz NOT NULL,
    ended_at timestamptz,
    waiting_since timestamptz NOT NULL,
    reminded_at timestamptz,
    escalated_at timestamptz,
    budget_left numeric(19,4),
    PRIMARY KEY (account_id, order_id),
    FOREIGN KEY (account_id, order_id) REFERENCES orders,
    FOREIGN KEY (account_id, requester) REFERENCES members,
    CONSTRAINT a_flow_that_is_over_has_an_end CHECK ((status = 'open') = (ended_at IS NULL))
);
CREATE INDEX approval_flows_open ON approval_flows (account_id, started_at) WHERE status = 'open';
CREATE INDEX approval_flows_late ON approval_flows (waiting_since) WHERE status = 'open' AND escalated_at IS NULL;
COMMENT ON COLUMN approval_flows.waiting_since IS 'for the present tiers: the start, or the last yes';
COMMENT ON COLUMN approval_flows.budget_left IS 'of the cost centre''s budget after this order, when it was sent; null: no budget';

-- What was said, append-only. A decision carries the version that it answers: one decision a version.
CREATE TABLE approval_log (
    account_id uuid NOT NULL,
    order_id uuid NOT NULL,
    seq int NOT NULL CHECK (seq > 0),
    version int,
    verdict text NOT NULL CHECK (verdict IN ('approve', 'reject', 'change', 'question', 'answer')),
    member_id uuid NOT NULL,
    name_of uuid NOT NULL,
    by_words text NOT NULL,
    words text NOT NULL DEFAULT '',
    marks jsonb NOT NULL DEFAULT '[]',
    at timestamptz NOT NULL,
    PRIMARY KEY (account_id, order_id, seq),
    CONSTRAINT one_decision_a_version UNIQUE (account_id, order_id, version),
    FOREIGN KEY (account_id, order_id) REFERENCES approval_flows,
    FOREIGN KEY (account_id, member_id) REFERENCES members,
    FOREIGN KEY (account_id, name_of) REFERENCES members,
    CONSTRAINT decisions_have_a_version CHECK ((verdict IN ('approve', 'reject', 'change')) = (version IS NOT NULL))
);

CREATE TABLE delegations (
    account_id uuid NOT NULL,
    id uuid NOT NULL,
    from_member uuid NOT NULL,
    to_member uuid NOT NULL,
    first_day date NOT NULL,
    last_day date NOT NULL,
    cap numeric(19,4) CHECK (cap > 0),
    currency char(3) NOT NULL,
    ended_at timestamptz,
    PRIMARY KEY (account_id, id),
    FOREIGN KEY (account_id, from_member) REFERENCES members,
    FOREIGN KEY (account_id, to_member) REFERENCES members,
    CONSTRAINT delegation_is_to_somebody_else CHECK (from_member <> to_member),
    CONSTRAINT delegation_ends_after_it_begins CHECK (last_day >= first_day)
);
CREATE INDEX delegations_current ON delegations (account_id, to_member) WHERE ended_at IS NULL;

-- Who can be asked, and who stands in for whom: what domain::approvals::Flow needs to know of an account.
CREATE VIEW flow_people WITH (security_invoker = true) AS
SELECT a.id AS account_id,
       (SELECT jsonb_agg(jsonb_build_object('id', m.id, 'name', p.name, 'roles', m.roles, 'manager', m.manager_id, 'active', m.status = 'active')
                         ORDER BY p.name, m.id)
        FROM members m JOIN people p ON p.id = m.person_id WHERE m.account_id = a.id) AS seats,
       (SELECT jsonb_agg(jsonb_build_array(d.id, d.from_member, d.to_member, d.first_day, d.last_day, d.cap::text, d.currency)
                         ORDER BY d.first_day, d.id)
        FROM delegations d WHERE d.account_id = a.id AND d.ended_at IS NULL) AS delegations
FROM accounts a;
GRANT SELECT ON flow_people TO buyerdesk_app, buyerdesk_job;

-- Links in mails: only the hash is here; used once, by POST.
CREATE TABLE approval_links (
    account_id uuid NOT NULL,
    token_hash bytea NOT NULL CONSTRAINT approval_link_token UNIQUE,
    order_id uuid NOT NULL,
    member_id uuid NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at timestamptz,
    PRIMARY KEY (account_id, token_hash),
    FOREIGN KEY (account_id, order_id) REFERENCES approval_flows,
    FOREIGN KEY (account_id, member_id) REFERENCES members
);

CREATE TABLE budgets (
    account_id uuid NOT NULL,
    id uuid NOT NULL,
    cost_centre text NOT NULL,
    period text NOT NULL CHECK (period IN ('month', 'quarter', 'year')),
    amount numeric(19,4) NOT NULL CHECK (amount >= 0),
    currency char(3) NOT NULL,
    beyond text NOT NULL CHECK (beyond IN ('warn', 'approve', 'block')),
    active boolean NOT NULL DEFAULT true,
    version int NOT NULL DEFAULT 1,
    PRIMARY KEY (account_id, id),
    CONSTRAINT one_budget_a_cost_centre UNIQUE (account_id, cost_centre),
    FOREIGN KEY (account_id, cost_centre) REFERENCES cost_centres (account_id, code)
);

-- Consumed when an order is confirmed, given back by exactly what is cancelled, to the period it was taken from. Append-only.
CREATE TABLE budget_entries (
    account_id uuid NOT NULL,
    id uuid NOT NULL,
    budget_id uuid NOT NULL,
    order_id uuid NOT NULL,
    period_start date NOT NULL,
    amount numeric(19,4) NOT NULL CHECK (amount <> 0),
    at timestamptz NOT NULL,
    PRIMARY KEY (account_id, id),
    FOREIGN KEY (account_id, budget_id) REFERENCES budgets,
    FOREIGN KEY (account_id, order_id) REFERENCES orders
);
CREATE INDEX budget_entries_period ON budget_entries (account_id, budget_id, period_start) INCLUDE (amount);
CREATE INDEX budget_entries_order ON budget_entries (account_id, order_id);

-- The bell.
CREATE TABLE notices (
    account_id uuid NOT NULL,
    id uuid NOT NULL,
    member_id uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN ('ask', 'decision', 'talk', 'company')),
    text text NOT NULL,
    href text NOT NULL,
    at timestamptz NOT NULL,
    read_at timestamptz,
    PRIMARY KEY (account_id, id),
    FOREIGN KEY (account_id, member_id) REFERENCES members
);
CREATE INDEX notices_member ON notices (account_id, member_id, id DESC);
CREATE INDEX notices_unread ON notices (account_id, member_id) WHERE read_at IS NULL;

CALL secure_tenant_table('approval_flows');
CALL secure_tenant_table('approval_log');
CALL secure_tenant_table('approval_links');
CALL secure_tenant_table('delegations');
CALL secure_tenant_table('budgets');
CALL secure_tenant_table('budget_entries');
CALL secure_tenant_table('notices');

GRANT SELECT, INSERT, UPDATE, DELETE ON approval_rules TO buyerdesk_app, buyerdesk_job;
GRANT SELECT, INSERT ON approval_flows, approval_log, approval_links, delegations, budgets, budget_entries, notices TO buyerdesk_app, buyerdesk_job;
GRANT UPDATE (status, version, ended_at, requester, waiting_since, reminded_at, escalated_at) ON approval_flows TO buyerdesk_app, buyerdesk_job;
GRANT UPDATE (ended_at) ON delegations TO buyerdesk_app, buyerdesk_job;
GRANT UPDATE (used_at) ON approval_links TO buyerdesk_app, buyerdesk_job;
GRANT UPDATE (amount, period, beyond, active, version) ON budgets TO buyerdesk_app, buyerdesk_job;
GRANT UPDATE (read_at) ON notices TO buyerdesk_app, buyerdesk_job;
GRANT INSERT, UPDATE ON addresses, cost_centres TO buyerdesk_app;
GRANT DELETE ON addresses TO buyerdesk_app;
-- How the company orders is its own; everything else about an account is the seller's.
CREATE POLICY own_settings ON accounts FOR UPDATE TO buyerdesk_app
    USING (id = (SELECT current_setting('app.account_id')::uuid)) WITH CHECK (id = (SELECT current_setting('app.account_id')::uuid));
GRANT UPDATE (po_required, order_minimum, decide_by_mail, remind_after, escalate_after) ON accounts TO buyerdesk_app;
GRANT SELECT ON approval_rules, approval_flows, approval_log, budgets, budget_entries TO buyerdesk_staff;
