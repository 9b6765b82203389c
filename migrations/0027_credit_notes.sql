-- A list of credit notes is read in its order, however few they are among the invoices.
CREATE INDEX invoices_credit_notes ON invoices (account_id, issued_on DESC, id DESC) WHERE kind = 'credit_note';
