-- Recurring orders: standing lines at accepted prices, ordered on the days of a rule.

CREATE TABLE schedules (
    account_id uuid NOT NULL REFERENCES accounts,
    id uuid NOT NULL,
    member_id uuid NOT NULL,
    name text NOT NULL CHECK (name <> ''),
    unit text NOT NULL CHECK (unit IN ('week', 'month')),
    every int NOT NULL CHECK (every BETWEEN 1 AND 52),
    day int NOT NULL CHECK (day BETWEEN 1 AND CASE unit WHEN 'week' THEN 7 ELSE 31 END),
    starts_on date NOT NULL,
    ends_on date,
    times int CHECK (times > 0),
    notice_days int NOT NULL CHECK (notice_days BETWEEN 1 AND 14),
    tolerance numeric(5,2) NOT NULL CHECK (tolerance BETWEEN 0 AND 100),
    ship_to text NOT NULL,
    cost_centre text NOT NULL,
    po_number text NOT NULL,
    partial_delivery boolean NOT NULL,
    note text NOT NULL,
    state text NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'asking', 'paused', 'ended')),
    why text NOT NULL DEFAULT '',
    next_on date,
    currency char(3) NOT NULL,
    total numeric(19,4) NOT NULL CHECK (total >= 0),
    checked_on date NOT NULL,
    PRIMARY KEY (account_id, id),
    FOREIGN KEY (account_id, member_id) REFERENCES members,
    CONSTRAINT ends_one_way CHECK (ends_on IS NULL OR times IS NULL),
    CONSTRAINT what_has_ended_has_no_next_date CHECK ((state = 'ended') = (next_on IS NULL)),
    CONSTRAINT what_asks_says_why CHECK ((state = 'asking') = (why <> ''))
);
COMMENT ON COLUMN schedules.ship_to IS 'an address of the account or of one above it, looked up when it orders; empty: there was none';
COMMENT ON COLUMN schedules.total IS 'with tax and delivery, as it was on the day checked_on';
CREATE INDEX schedules_due ON schedules (next_on) WHERE state = 'active';
CREATE INDEX schedules_of_member ON schedules (account_id, member_id);

CREATE TABLE schedule_lines (
    account_id uuid NOT NULL,
    schedule_id uuid NOT NULL,
    product_id uuid NOT NULL REFERENCES products,
    position int NOT NULL,
    unit text NOT NULL,
    quantity numeric(12,3) NOT NULL CHECK (quantity > 0),
    price numeric(19,4) NOT NULL CHECK (price >= 0),
    PRIMARY KEY (account_id, schedule_id, product_id),
    FOREIGN KEY (account_id, schedule_id) REFERENCES schedules
);
COMMENT ON COLUMN schedule_lines.price IS 'each, as its owner accepted it: dearer than that, and the schedule asks';

-- One row a date from the moment on that something is known of it: announced, changed, ordered, left out.
CREATE TABLE schedule_dates (
    account_id uuid NOT NULL,
    schedule_id uuid NOT NULL,
    due_on date NOT NULL,
    stage text NOT NULL CHECK (stage IN ('upcoming', 'noticed', 'placed', 'asked', 'failed', 'skipped')),
    order_id uuid NOT NULL,
    why text NOT NULL DEFAULT '',
    lines jsonb CHECK (jsonb_typeof(lines) = 'array'),
    PRIMARY KEY (account_id, schedule_id, due_on),
    FOREIGN KEY (account_id, schedule_id) REFERENCES schedules,
    CONSTRAINT one_date_an_order UNIQUE (account_id, order_id)
);
COMMENT ON COLUMN schedule_dates.order_id IS 'the id that its order has or will have: the key of its submission';
COMMENT ON COLUMN schedule_dates.lines IS 'its own lines, for this time alone; none: the standing ones';
CREATE UNIQUE INDEX one_date_at_a_time ON schedule_dates (account_id, schedule_id) WHERE stage IN ('upcoming', 'noticed', 'asked', 'failed');

-- What was done to a schedule, by whom. Append-only.
CREATE TABLE schedule_log (
    account_id uuid NOT NULL,
    id uuid NOT NULL,
    schedule_id uuid NOT NULL,
    at timestamptz NOT NULL,
    by_name text NOT NULL,
    what text NOT NULL,
    PRIMARY KEY (account_id, id),
    FOREIGN KEY (account_id, schedule_id) REFERENCES schedules
);
CREATE INDEX schedule_log_of ON schedule_log (account_id, schedule_id, id DESC);

CALL secure_tenant_table('schedules');
CALL secure_tenant_table('schedule_lines');
CALL secure_tenant_table('schedule_dates');
CALL secure_tenant_table('schedule_log');
GRANT SELECT, INSERT, UPDATE ON schedules, schedule_dates TO buyerdesk_app;
GRANT SELECT, INSERT, DELETE ON schedule_lines TO buyerdesk_app;
GRANT SELECT, INSERT ON schedule_log TO buyerdesk_app;
GRANT SELECT ON schedules, schedule_dates, schedule_lines, schedule_log TO buyerdesk_job;
GRANT UPDATE (state, why) ON schedules TO buyerdesk_job;
GRANT INSERT ON schedule_log TO buyerdesk_job;

-- Members are told of what will be ordered, and may want that by the bell alone.
ALTER TABLE notices DROP CONSTRAINT notices_kind_check,
    ADD CONSTRAINT notices_kind_check CHECK (kind IN ('ask', 'decision', 'schedule', 'talk', 'quote', 'invoice', 'company'));
ALTER TABLE members DROP CONSTRAINT members_no_mail_check,
    ADD CONSTRAINT members_no_mail_check CHECK (no_mail <@ ARRAY['ask', 'decision', 'schedule', 'talk', 'quote', 'invoice', 'company']);
