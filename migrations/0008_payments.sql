-- Money that came in (payment) or went back (refund), and the documents it settles. Append-only.

CREATE TABLE payments (
    account_id uuid NOT NULL REFERENCES accounts,
    id uuid NOT NULL,
    number text NOT NULL,
    kind text NOT NULL CHECK (kind IN ('payment', 'refund')),
    received_on date NOT NULL,
    amount numeric(19,4) NOT NULL CHECK (amount > 0),
    currency char(3) NOT NULL,
    PRIMARY KEY (account_id, id),
    CONSTRAINT payment_number_taken UNIQUE (account_id, number)
);
CREATE INDEX payments_history ON payments (account_id, received_on DESC, id DESC);

CREATE TABLE allocations (
    account_id uuid NOT NULL,
    id uuid NOT NULL,
    payment_id uuid NOT NULL,
    invoice_id uuid NOT NULL,
    amount numeric(19,4) NOT NULL CHECK (amount > 0),
    at date NOT NULL,
    PRIMARY KEY (account_id, id),
    FOREIGN KEY (account_id, payment_id) REFERENCES payments,
    FOREIGN KEY (account_id, invoice_id) REFERENCES invoices
);
CREATE INDEX allocations_invoice ON allocations (account_id, invoice_id);
CREATE INDEX allocations_payment ON allocations (account_id, payment_id);

CALL secure_tenant_table('payments');
CALL secure_tenant_table('allocations');

GRANT SELECT ON payments, allocations TO buyerdesk_app, buyerdesk_staff;
GRANT SELECT, INSERT ON payments, allocations TO buyerdesk_job;
