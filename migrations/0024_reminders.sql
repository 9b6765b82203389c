-- Reminders: what an account sets for itself, and the seller's of what is overdue, with what customers promise.

CREATE TABLE reminder_settings (
    account_id uuid PRIMARY KEY REFERENCES accounts,
    days_before int CHECK (days_before BETWEEN 1 AND 30),
    every_days int CHECK (every_days BETWEEN 1 AND 60),
    overdue_told_on date
);
COMMENT ON COLUMN reminder_settings.overdue_told_on IS 'when the account was last told by itself of what is overdue';

-- Invoices of which the account was told before they fell due: once each.
CREATE TABLE due_reminders (
    account_id uuid NOT NULL,
    invoice_id uuid NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (account_id, invoice_id),
    FOREIGN KEY (account_id, invoice_id) REFERENCES invoices
);

CREATE TABLE reminders (
    account_id uuid NOT NULL REFERENCES accounts,
    id uuid NOT NULL,
    sent_on date NOT NULL,
    at timestamptz NOT NULL,
    by_name text NOT NULL,
    level int NOT NULL CHECK (level > 0),
    currency char(3) NOT NULL,
    total numeric(19,4) NOT NULL CHECK (total > 0),
    invoices jsonb NOT NULL CHECK (jsonb_typeof(invoices) = 'array'),
    PRIMARY KEY (account_id, id),
    CONSTRAINT reminded_once_a_day UNIQUE (account_id, sent_on, currency)
);

CREATE TABLE payment_promises (
    account_id uuid NOT NULL REFERENCES accounts,
    id uuid NOT NULL,
    promised_on date NOT NULL,
    note text NOT NULL DEFAULT '',
    by_name text NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (account_id, id)
);
CREATE INDEX payment_promises_last ON payment_promises (account_id, at DESC);

CALL secure_tenant_table('reminder_settings');
CALL secure_tenant_table('due_reminders');
CALL secure_tenant_table('reminders');
CALL secure_tenant_table('payment_promises');
GRANT SELECT, INSERT ON reminder_settings TO buyerdesk_app;
GRANT UPDATE (days_before, every_days) ON reminder_settings TO buyerdesk_app;
GRANT SELECT ON reminders TO buyerdesk_app;
GRANT SELECT, INSERT ON reminders, payment_promises TO buyerdesk_staff;
GRANT SELECT ON reminder_settings, reminders, payment_promises TO buyerdesk_job;
GRANT UPDATE (overdue_told_on) ON reminder_settings TO buyerdesk_job;
GRANT SELECT, INSERT ON due_reminders TO buyerdesk_job;
