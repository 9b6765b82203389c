-- The ledger, settling with credits and discounts, and payments under way.

-- What settles a document: a payment, a credit note, or a discount for paying early (then its part of the tax is beside it).
-- Append-only: what was wrong is undone by a row that names it.
ALTER TABLE allocations
    ALTER COLUMN payment_id DROP NOT NULL,
    ADD COLUMN credit_note_id uuid,
    ADD COLUMN discount_tax numeric(19,4),
    ADD COLUMN reverses uuid,
    ADD COLUMN by_name text NOT NULL DEFAULT '',
    ADD CONSTRAINT allocation_has_one_source CHECK (num_nonnulls(payment_id, credit_note_id, discount_tax) = 1),
    ADD CONSTRAINT allocation_reversed_once UNIQUE (account_id, reverses),
    ADD CONSTRAINT allocation_credit_note FOREIGN KEY (account_id, credit_note_id) REFERENCES invoices,
    ADD CONSTRAINT allocation_reverses FOREIGN KEY (account_id, reverses) REFERENCES allocations;
CREATE INDEX allocations_credit_note ON allocations (account_id, credit_note_id) WHERE credit_note_id IS NOT NULL;
COMMENT ON COLUMN allocations.by_name IS 'who settled; empty: the seller''s books';

-- `used` repeats the sum of the allocations, as `settled` does: what has something left is found by index. The doctor proves both.
ALTER TABLE payments
    ADD COLUMN used numeric(19,4) NOT NULL DEFAULT 0,
    ADD COLUMN method text NOT NULL DEFAULT '' CHECK (method IN ('', 'transfer', 'card')),
    ADD CONSTRAINT never_used_beyond_its_amount CHECK (used BETWEEN 0 AND amount);
CREATE INDEX payments_unused ON payments (account_id) INCLUDE (kind, currency, amount, used) WHERE used < amount;

ALTER TABLE payments NO FORCE ROW LEVEL SECURITY;
UPDATE payments p SET used = a.used
FROM (SELECT account_id, payment_id, sum(amount) AS used FROM allocations GROUP BY 1, 2) a
WHERE (a.account_id, a.payment_id) = (p.account_id, p.id);
ALTER TABLE payments FORCE ROW LEVEL SECURITY;

-- `in_payment` repeats what payments under way have reserved: nobody pays it twice.
ALTER TABLE invoices
    ADD COLUMN in_payment numeric(19,4) NOT NULL DEFAULT 0,
    ADD COLUMN discount_percent numeric(5,2) CHECK (discount_percent > 0 AND discount_percent < 100),
    ADD COLUMN discount_until date,
    ADD CONSTRAINT discount_has_its_last_day CHECK ((discount_percent IS NULL) = (discount_until IS NULL)),
    ADD CONSTRAINT only_what_is_there_is_in_payment CHECK (in_payment BETWEEN 0 AND gross);

-- Terms for paying early, for the seller's people to set; new invoices take them over.
ALTER TABLE accounts
    ADD COLUMN discount_percent numeric(5,2) CHECK (discount_percent > 0 AND discount_percent < 100),
    ADD COLUMN discount_days int CHECK (discount_days BETWEEN 1 AND 365),
    ADD CONSTRAINT discount_terms_are_whole CHECK ((discount_percent IS NULL) = (discount_days IS NULL));

-- ---------------------------------------------------------------------------------------------
-- Every invoice, payment and allocation, booked once in entries that sum to zero (domain::ledger). `source_id` is what is booked.
CREATE TABLE ledger_entries (
    account_id uuid NOT NULL REFERENCES accounts,
    source_id uuid NOT NULL,
    line smallint NOT NULL CHECK (line > 0),
    booked_on date NOT NULL,
    book text NOT NULL CHECK (book IN ('receivable', 'unapplied', 'sales', 'tax', 'bank', 'discount')),
    invoice_id uuid,
    payment_id uuid,
    amount numeric(19,4) NOT NULL CHECK (amount <> 0),
    currency char(3) NOT NULL,
    moves_balance boolean NOT NULL,
    PRIMARY KEY (account_id, source_id, line),
    FOREIGN KEY (account_id, invoice_id) REFERENCES invoices,
    FOREIGN KEY (account_id, payment_id) REFERENCES payments,
    CONSTRAINT entry_names_whose_rest_it_moves
        CHECK ((book = 'receivable') = (invoice_id IS NOT NULL) AND (book = 'unapplied') = (payment_id IS NOT NULL))
);
CREATE INDEX ledger_balance ON ledger_entries (account_id, booked_on, source_id) INCLUDE (amount, currency) WHERE moves_balance;
CREATE INDEX ledger_invoice ON ledger_entries (account_id, invoice_id, booked_on) INCLUDE (amount, currency) WHERE invoice_id IS NOT NULL;
CREATE INDEX ledger_payment ON ledger_entries (account_id, payment_id, booked_on) INCLUDE (amount, currency) WHERE payment_id IS NOT NULL;

INSERT INTO ledger_entries (account_id, source_id, line, booked_on, book, invoice_id, payment_id, amount, currency, moves_balance)
SELECT account_id, id, line, booked_on, book, invoice_id, payment_id, amount, currency, moves FROM (
    SELECT i.account_id, i.id, e.line, i.issued_on AS booked_on, e.book, CASE e.line WHEN 1 THEN i.id END AS invoice_id,
           NULL::uuid AS payment_id, CASE i.kind WHEN 'invoice' THEN e.amount ELSE -e.amount END AS amount, i.currency, e.line = 1 AS moves
    FROM invoices i CROSS JOIN LATERAL (VALUES (1, 'receivable', i.gross), (2, 'sales', -i.net), (3, 'tax', -i.tax)) e(line, book, amount)
    UNION ALL
    SELECT p.account_id, p.id, e.line, p.received_on, e.book, NULL, CASE e.line WHEN 2 THEN p.id END,
           CASE p.kind WHEN 'payment' THEN e.amount ELSE -e.amount END, p.currency, e.line = 2
    FROM payments p CROSS JOIN LATERAL (VALUES (1, 'bank', p.amount), (2, 'unapplied', -p.amount)) e(line, book, amount)
    UNION ALL
    SELECT a.account_id, a.id, e.line, a.at, e.book, CASE e.line WHEN 1 THEN a.invoice_id END, CASE e.line WHEN 2 THEN a.payment_id END,
           CASE p.kind WHEN 'payment' THEN e.amount ELSE -e.amount END, p.currency, false
    FROM allocations a JOIN payments p ON (p.account_id, p.id) = (a.account_id, a.payment_id)
    CROSS JOIN LATERAL (VALUES (1, 'receivable', -a.amount), (2, 'unapplied', a.amount)) e(line, book, amount)) booked
WHERE amount <> 0;

-- Forms that settled: the same one again changes nothing, with money or without.
CREATE TABLE settlements (
    account_id uuid NOT NULL REFERENCES accounts,
    id uuid NOT NULL,
    number text,
    at timestamptz NOT NULL,
    PRIMARY KEY (account_id, id)
);
COMMENT ON COLUMN settlements.number IS 'of the payment that it began; null: credits were enough';
CALL secure_tenant_table('settlements');
GRANT SELECT, INSERT, UPDATE (number) ON settlements TO buyerdesk_app;

-- ---------------------------------------------------------------------------------------------
-- Payments under way: what they reserve until the money is there, or they end without it.
CREATE SEQUENCE payment_numbers;
GRANT USAGE ON SEQUENCE payment_numbers TO buyerdesk_app;

CREATE TABLE payment_intents (
    account_id uuid NOT NULL REFERENCES accounts,
    id uuid NOT NULL,
    number text NOT NULL,
    member_id uuid NOT NULL,
    by_name text NOT NULL,
    method text NOT NULL CHECK (method IN ('transfer', 'card')),
    status text NOT NULL CHECK (status IN ('waiting', 'paid', 'failed', 'withdrawn', 'expired')),
    amount numeric(19,4) NOT NULL CHECK (amount > 0),
    currency char(3) NOT NULL,
    reference text NOT NULL,
    begun_on date NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    ended_at timestamptz,
    provider text NOT NULL DEFAULT '',
    provider_ref text NOT NULL DEFAULT '',
    checkout text NOT NULL DEFAULT '',
    refused text NOT NULL DEFAULT '',
    payment_id uuid,
    PRIMARY KEY (account_id, id),
    CONSTRAINT payment_intent_number_taken UNIQUE (account_id, number),
    FOREIGN KEY (account_id, member_id) REFERENCES members,
    FOREIGN KEY (account_id, payment_id) REFERENCES payments,
    CONSTRAINT intent_waits_or_has_ended CHECK ((status = 'waiting') = (ended_at IS NULL)),
    CONSTRAINT paid_is_booked CHECK ((status = 'paid') = (payment_id IS NOT NULL))
);
CREATE INDEX payment_intents_waiting ON payment_intents (account_id, expires_at) WHERE status = 'waiting';
CREATE UNIQUE INDEX payment_intents_provider ON payment_intents (provider, provider_ref) WHERE provider_ref <> '';
CREATE INDEX payment_intents_reference ON payment_intents (reference);

CREATE TABLE payment_intent_items (
    account_id uuid NOT NULL,
    intent_id uuid NOT NULL,
    invoice_id uuid NOT NULL,
    amount numeric(19,4) NOT NULL CHECK (amount > 0),
    discount numeric(19,4) NOT NULL DEFAULT 0 CHECK (discount >= 0),
    PRIMARY KEY (account_id, intent_id, invoice_id),
    FOREIGN KEY (account_id, intent_id) REFERENCES payment_intents,
    FOREIGN KEY (account_id, invoice_id) REFERENCES invoices
);
CREATE INDEX payment_intent_items_invoice ON payment_intent_items (account_id, invoice_id);

-- Messages of payment providers that were acted on: each once, however often it is sent.
CREATE TABLE provider_events (
    provider text NOT NULL,
    event_id text NOT NULL,
    received_at timestamptz NOT NULL,
    PRIMARY KEY (provider, event_id)
);
GRANT SELECT, INSERT ON provider_events TO buyerdesk_job;

CALL secure_tenant_table('ledger_entries');
CALL secure_tenant_table('payment_intents');
CALL secure_tenant_table('payment_intent_items');

GRANT SELECT ON ledger_entries, payment_intents, payment_intent_items TO buyerdesk_app, buyerdesk_staff, buyerdesk_job;
GRANT INSERT ON ledger_entries TO buyerdesk_app, buyerdesk_staff, buyerdesk_job;
-- Finance users settle with credits, and reserve what they are paying.
GRANT INSERT ON allocations, payment_intent_items TO buyerdesk_app;
-- What its provider says of a payment is for the seller's jobs to write.
GRANT INSERT (account_id, id, number, member_id, by_name, method, status, amount, currency, reference, begun_on, created_at, expires_at)
    ON payment_intents TO buyerdesk_app;
CREATE POLICY begun_waiting ON payment_intents AS RESTRICTIVE FOR INSERT TO buyerdesk_app WITH CHECK (status = 'waiting');
GRANT UPDATE (settled, in_payment) ON invoices TO buyerdesk_app;
GRANT UPDATE (used) ON payments TO buyerdesk_app, buyerdesk_job;
GRANT UPDATE (status, ended_at) ON payment_intents TO buyerdesk_app;
GRANT UPDATE (in_payment) ON invoices TO buyerdesk_job;
GRANT UPDATE (discount_percent, discount_days) ON accounts TO buyerdesk_staff;
GRANT UPDATE (status, ended_at, provider, provider_ref, checkout, refused, payment_id) ON payment_intents TO buyerdesk_job;

-- As in 0012, but what an open order was invoiced of (0018) counts as the invoice that it became, not twice; what a payment has left is
-- found by its index, and a refund that settles nothing yet is owed back.
CREATE OR REPLACE FUNCTION my_exposure(apart uuid) RETURNS TABLE (account uuid, unit text, invoices numeric, unallocated numeric, orders numeric)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
DECLARE me uuid := current_setting('app.account_id')::uuid;
        want char(3) := (SELECT a.currency FROM accounts a WHERE a.id = me);
BEGIN
    RETURN QUERY WITH RECURSIVE sharing AS (
        SELECT a.id, a.name, a.id = me AS mine FROM accounts a WHERE a.id = credit_holder(me)
        UNION
        SELECT a.id, a.name, s.mine OR a.id = me FROM sharing s JOIN accounts a ON a.parent_id = s.id WHERE a.credit_shared
    ), used AS (
        SELECT CASE WHEN s.mine THEN s.id END AS id, CASE WHEN s.mine THEN s.name END AS name,
               (SELECT COALESCE(sum(i.gross - i.settled), 0) FROM invoices i
                WHERE i.account_id = s.id AND i.settled < i.gross AND i.kind = 'invoice' AND i.currency = want) AS invoices,
               (SELECT COALESCE(sum(i.gross - i.settled), 0) FROM invoices i
                WHERE i.account_id = s.id AND i.settled < i.gross AND i.kind = 'credit_note' AND i.currency = want)
               + (SELECT COALESCE(sum(CASE p.kind WHEN 'refund' THEN p.used - p.amount ELSE p.amount - p.used END), 0) FROM payments p
                  WHERE p.account_id = s.id AND p.used < p.amount AND p.currency = want) AS unallocated,
               (SELECT COALESCE(sum(greatest(o.gross - COALESCE(i.gross, 0), 0)), 0) FROM orders o
                LEFT JOIN LATERAL (SELECT sum(i.gross) AS gross FROM invoices i
                                   WHERE (i.account_id, i.order_id) = (o.account_id, o.id) AND i.kind = 'invoice') i ON true
                WHERE o.account_id = s.id AND o.currency = want AND o.id IS DISTINCT FROM apart
                  AND (o.status IN ('pending_approval', 'approved', 'confirmed', 'partially_shipped', 'on_hold')
                       OR o.status = 'shipped' AND i.gross IS NULL)) AS orders
        FROM sharing s)
    SELECT u.id, u.name, sum(u.invoices), sum(u.unallocated), sum(u.orders) FROM used u
    GROUP BY u.id, u.name ORDER BY u.id = me DESC NULLS LAST, u.name;
END $$;
