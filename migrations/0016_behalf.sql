-- The seller's people acting for members: who, for whom, why, for how long, what was done; the carts that they propose; and what
-- they note among themselves.

ALTER TABLE accounts ADD COLUMN on_behalf text NOT NULL DEFAULT 'allowed' CHECK (on_behalf IN ('never', 'ask', 'allowed'));
COMMENT ON COLUMN accounts.on_behalf IS 'what the company lets the seller''s people do for its members; never ends what is under way';
GRANT UPDATE (on_behalf) ON accounts TO buyerdesk_app;

-- `running` is over by itself at expires_at: no job has to end it (domain::assistance::State::at).
CREATE TABLE assistance (
    account_id uuid NOT NULL REFERENCES accounts,
    id uuid NOT NULL,
    member_id uuid NOT NULL,
    member_name text NOT NULL,
    person_id uuid NOT NULL REFERENCES staff,
    person_name text NOT NULL,
    person_email text NOT NULL,
    reason text NOT NULL CHECK (reason <> ''),
    state text NOT NULL CHECK (state IN ('asked', 'agreed', 'declined', 'running', 'ended')),
    asked_at timestamptz NOT NULL,
    answered_at timestamptz,
    started_at timestamptz,
    expires_at timestamptz,
    ended_at timestamptz,
    ended_by text NOT NULL DEFAULT '',
    PRIMARY KEY (account_id, id),
    FOREIGN KEY (account_id, member_id) REFERENCES members,
    CONSTRAINT assistance_lasts_an_hour CHECK (expires_at > started_at AND expires_at <= started_at + interval '60 minutes'),
    CONSTRAINT assistance_begins_once CHECK ((state IN ('running', 'ended')) = (started_at IS NOT NULL) AND (started_at IS NULL) = (expires_at IS NULL)),
    CONSTRAINT assistance_that_is_over_has_an_end CHECK ((state = 'ended') = (ended_at IS NOT NULL)),
    CONSTRAINT assistance_is_answered_once CHECK (state NOT IN ('agreed', 'declined') OR answered_at IS NOT NULL)
);
CREATE INDEX assistance_newest ON assistance (account_id, asked_at DESC);
CREATE INDEX assistance_of_person ON assistance (person_id) WHERE state IN ('asked', 'agreed', 'running');

-- What was done in it: entries of the audit trail.
CREATE TABLE assistance_entries (
    account_id uuid NOT NULL,
    assistance_id uuid NOT NULL,
    seq bigint NOT NULL,
    PRIMARY KEY (account_id, assistance_id, seq),
    FOREIGN KEY (account_id, assistance_id) REFERENCES assistance,
    FOREIGN KEY (account_id, seq) REFERENCES audit_log
);

-- A line that somebody put into a member's cart for them: only those can become a proposal.
ALTER TABLE cart_lines
    ADD COLUMN assistance_id uuid,
    ADD CONSTRAINT cart_line_added_for_the_member FOREIGN KEY (account_id, assistance_id) REFERENCES assistance;

CREATE TABLE cart_proposals (
    account_id uuid NOT NULL,
    id uuid NOT NULL,
    member_id uuid NOT NULL,
    assistance_id uuid NOT NULL,
    by_name text NOT NULL,
    note text NOT NULL DEFAULT '',
    state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'accepted', 'declined')),
    proposed_at timestamptz NOT NULL,
    answered_at timestamptz,
    PRIMARY KEY (account_id, id),
    FOREIGN KEY (account_id, member_id) REFERENCES members,
    FOREIGN KEY (account_id, assistance_id) REFERENCES assistance,
    CONSTRAINT proposal_is_answered_once CHECK ((state = 'open') = (answered_at IS NULL))
);
CREATE INDEX cart_proposals_open ON cart_proposals (account_id, member_id) WHERE state = 'open';

-- As proposed: the member sees then and now.
CREATE TABLE cart_proposal_lines (
    account_id uuid NOT NULL,
    proposal_id uuid NOT NULL,
    line_no int NOT NULL CHECK (line_no > 0),
    product_id uuid NOT NULL REFERENCES products,
    sku text NOT NULL,
    name text NOT NULL,
    unit text NOT NULL,
    quantity numeric(12,3) NOT NULL CHECK (quantity > 0),
    unit_price numeric(19,4) NOT NULL DEFAULT 0 CHECK (unit_price >= 0),
    PRIMARY KEY (account_id, proposal_id, line_no),
    FOREIGN KEY (account_id, proposal_id) REFERENCES cart_proposals
);

-- The seller's own notes about a customer or an order. Customers have no right to this table at all.
CREATE TABLE staff_notes (
    account_id uuid NOT NULL REFERENCES accounts,
    id uuid NOT NULL,
    order_id uuid,
    at timestamptz NOT NULL,
    person_id uuid NOT NULL REFERENCES staff,
    by_name text NOT NULL,
    text text NOT NULL CHECK (text <> ''),
    PRIMARY KEY (account_id, id),
    FOREIGN KEY (account_id, order_id) REFERENCES orders
);
CREATE INDEX staff_notes_newest ON staff_notes (account_id, at DESC);

CALL secure_tenant_table('assistance');
CALL secure_tenant_table('assistance_entries');
CALL secure_tenant_table('cart_proposals');
CALL secure_tenant_table('cart_proposal_lines');
CALL secure_tenant_table('staff_notes');

-- The seller's people ask and begin; the company answers and ends. Reasons and names are written once.
GRANT SELECT, INSERT ON assistance TO buyerdesk_staff;
GRANT UPDATE (state, started_at, expires_at, ended_at, ended_by) ON assistance TO buyerdesk_staff;
GRANT SELECT ON assistance TO buyerdesk_app, buyerdesk_job;
GRANT UPDATE (state, answered_at, ended_at, ended_by) ON assistance TO buyerdesk_app;
GRANT SELECT, INSERT ON assistance_entries TO buyerdesk_app, buyerdesk_staff, buyerdesk_job;
GRANT SELECT, INSERT ON cart_proposals, cart_proposal_lines TO buyerdesk_app;
GRANT UPDATE (state, answered_at, member_id) ON cart_proposals TO buyerdesk_app;
GRANT SELECT, INSERT ON staff_notes TO buyerdesk_staff;
GRANT INSERT ON notices TO buyerdesk_staff;
