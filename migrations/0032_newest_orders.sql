-- The seller's list of all customers' orders, the newest first: the one list that no account narrows.
CREATE INDEX orders_newest ON orders (placed_at DESC, id DESC);
