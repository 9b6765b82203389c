-- Finance packs: archives of a period's documents, made in the background by any server, kept in the database for a week.

CREATE TABLE finance_packs (
    account_id uuid NOT NULL REFERENCES accounts,
    id uuid NOT NULL,
    member_id uuid NOT NULL,
    by_name text NOT NULL,
    from_day date NOT NULL,
    to_day date NOT NULL,
    documents text NOT NULL CHECK (documents IN ('all', 'invoice', 'credit_note')),
    cost_centre text NOT NULL DEFAULT '',
    month date,
    status text NOT NULL DEFAULT 'waiting' CHECK (status IN ('waiting', 'working', 'ready', 'failed')),
    total int NOT NULL CHECK (total > 0),
    done int NOT NULL DEFAULT 0 CHECK (done BETWEEN 0 AND total),
    attempts int NOT NULL DEFAULT 0,
    size bigint NOT NULL DEFAULT 0,
    sha256 bytea,
    asked_at timestamptz NOT NULL,
    leased_until timestamptz,
    expires_at timestamptz,
    PRIMARY KEY (account_id, id),
    FOREIGN KEY (account_id, member_id) REFERENCES members,
    CONSTRAINT a_period CHECK (to_day >= from_day),
    CONSTRAINT ready_is_whole CHECK ((status = 'ready') = (sha256 IS NOT NULL)),
    CONSTRAINT what_has_ended_expires CHECK ((status IN ('ready', 'failed')) = (expires_at IS NOT NULL))
);
COMMENT ON COLUMN finance_packs.month IS 'the monthly pack of this month, made by itself';
CREATE UNIQUE INDEX one_pack_a_month ON finance_packs (account_id, member_id, month) WHERE month IS NOT NULL;
CREATE INDEX finance_packs_to_make ON finance_packs (asked_at, id) WHERE status IN ('waiting', 'working');
CREATE INDEX finance_packs_expiring ON finance_packs (expires_at) WHERE expires_at IS NOT NULL;

-- The archive in pieces, so that neither making nor sending it needs it whole in memory.
CREATE TABLE finance_pack_parts (
    account_id uuid NOT NULL,
    pack_id uuid NOT NULL,
    no int NOT NULL CHECK (no > 0),
    bytes bytea NOT NULL,
    PRIMARY KEY (account_id, pack_id, no),
    FOREIGN KEY (account_id, pack_id) REFERENCES finance_packs ON DELETE CASCADE
);
ALTER TABLE finance_pack_parts ALTER COLUMN bytes SET STORAGE EXTERNAL;

-- Members who get last month's pack at the beginning of each.
CREATE TABLE monthly_packs (
    account_id uuid NOT NULL,
    member_id uuid NOT NULL,
    since timestamptz NOT NULL,
    PRIMARY KEY (account_id, member_id),
    FOREIGN KEY (account_id, member_id) REFERENCES members
);

CALL secure_tenant_table('finance_packs');
CALL secure_tenant_table('finance_pack_parts');
CALL secure_tenant_table('monthly_packs');
GRANT SELECT ON finance_packs, finance_pack_parts, monthly_packs TO buyerdesk_app, buyerdesk_job;
GRANT INSERT (account_id, id, member_id, by_name, from_day, to_day, documents, cost_centre, total, asked_at) ON finance_packs TO buyerdesk_app;
GRANT INSERT, DELETE ON monthly_packs TO buyerdesk_app;
GRANT DELETE ON monthly_packs TO buyerdesk_job;
GRANT INSERT, UPDATE, DELETE ON finance_packs, finance_pack_parts TO buyerdesk_job;
