-- Invariants: one row is one violation. Read by `buyerdesk doctor`, by the tests and by the load test. Not a migration but made
-- anew after every migration: it looks at all tables and changes with each of them.
CREATE OR REPLACE VIEW violations WITH (security_invoker = true) AS
SELECT 'order total = lines + delivery + tax' AS invariant, o.account_id, o.number AS what
FROM orders o
WHERE o.net <> (SELECT COALESCE(sum(l.net), 0) FROM order_lines l WHERE (l.account_id, l.order_id) = (o.account_id, o.id))
UNION ALL
SELECT 'order has all its lines', o.account_id, o.number
FROM orders o
WHERE o.line_count <> (SELECT count(*) FROM order_lines l WHERE (l.account_id, l.order_id) = (o.account_id, o.id))
UNION ALL
SELECT 'every change of state has a history row', o.account_id, o.number
FROM orders o
WHERE o.source = 'portal'
  AND (o.version::bigint, o.version) <> (SELECT count(*), max(e.version) FROM order_events e WHERE (e.account_id, e.order_id) = (o.account_id, o.id))
UNION ALL
SELECT 'the last history row is the present state', o.account_id, o.number
FROM orders o JOIN order_events e ON (e.account_id, e.order_id, e.version) = (o.account_id, o.id, o.version)
WHERE e.status <> o.status
UNION ALL
SELECT 'reserved = open lines', NULL, p.sku || ' in ' || k.warehouse
FROM stock k JOIN products p ON p.id = k.product_id
WHERE k.reserved <> (SELECT COALESCE(sum(r.quantity), 0) FROM reservations r WHERE (r.product_id, r.warehouse) = (k.product_id, k.warehouse))
UNION ALL
SELECT 'an open portal order has reserved all its lines', l.account_id, o.number || ' line ' || l.line_no
FROM order_lines l JOIN orders o ON (o.account_id, o.id) = (l.account_id, l.order_id)
WHERE o.source = 'portal' AND o.status IN ('pending_approval', 'approved', 'confirmed', 'on_hold') AND NOT l.to_order
  AND l.quantity - l.quantity_shipped <> (SELECT COALESCE(sum(r.quantity), 0) FROM reservations r
                                          WHERE (r.account_id, r.order_id, r.line_no) = (l.account_id, l.order_id, l.line_no))
UNION ALL
SELECT 'a closed order reserves nothing', r.account_id, o.number
FROM reservations r JOIN orders o ON (o.account_id, o.id) = (r.account_id, r.order_id)
WHERE o.status IN ('shipped', 'completed', 'rejected', 'cancelled')
UNION ALL
SELECT 'invoice total = lines + tax', i.account_id, i.number
FROM invoices i
WHERE (i.net - (SELECT COALESCE(sum(CASE c.what WHEN 'restocking' THEN -c.net ELSE c.net END), 0) FROM invoice_charges c
                WHERE (c.account_id, c.invoice_id) = (i.account_id, i.id)), i.line_count::bigint) <>
      (SELECT COALESCE(sum(l.net), 0), count(*) FROM invoice_lines l WHERE (l.account_id, l.invoice_id) = (i.account_id, i.id))
UNION ALL
SELECT 'settled = sum of allocations, at most the total', i.account_id, i.number
FROM invoices i
WHERE i.settled <> (SELECT COALESCE(sum(CASE WHEN a.reverses IS NULL THEN a.amount ELSE -a.amount END), 0) FROM allocations a
                    WHERE (a.account_id, a.invoice_id) = (i.account_id, i.id))
                 + (SELECT COALESCE(sum(CASE WHEN a.reverses IS NULL THEN a.amount ELSE -a.amount END), 0) FROM allocations a
                    WHERE (a.account_id, a.credit_note_id) = (i.account_id, i.id))
   OR i.settled > i.gross
UNION ALL
SELECT 'used = sum of allocations, at most what was paid', p.account_id, p.number
FROM payments p
WHERE p.used <> (SELECT COALESCE(sum(CASE WHEN a.reverses IS NULL THEN a.amount ELSE -a.amount END), 0) FROM allocations a
                 WHERE (a.account_id, a.payment_id) = (p.account_id, p.id))
   OR p.used > p.amount
UNION ALL
SELECT 'money settles invoices, refunds credit notes, each its currency', i.account_id, i.number
FROM allocations a JOIN invoices i ON (i.account_id, i.id) = (a.account_id, a.invoice_id)
LEFT JOIN payments p ON (p.account_id, p.id) = (a.account_id, a.payment_id)
LEFT JOIN invoices c ON (c.account_id, c.id) = (a.account_id, a.credit_note_id)
WHERE COALESCE(p.currency, c.currency, i.currency) <> i.currency OR COALESCE(c.kind, 'credit_note') <> 'credit_note'
   OR (i.kind = 'credit_note') <> COALESCE(p.kind = 'refund', false)
UNION ALL
SELECT 'what undoes an allocation is its mirror', a.account_id, i.number
FROM allocations a JOIN allocations o ON (o.account_id, o.id) = (a.account_id, a.reverses) JOIN invoices i ON (i.account_id, i.id) = (a.account_id, a.invoice_id)
WHERE (a.invoice_id, a.payment_id, a.credit_note_id, a.discount_tax, a.amount) IS DISTINCT FROM (o.invoice_id, o.payment_id, o.credit_note_id, o.discount_tax, o.amount)
   OR o.reverses IS NOT NULL
UNION ALL
SELECT 'every booking sums to zero', e.account_id, e.source_id::text
FROM ledger_entries e GROUP BY e.account_id, e.source_id HAVING sum(e.amount) <> 0 OR count(DISTINCT e.currency) > 1
UNION ALL
SELECT 'what a document has left is what the ledger says', i.account_id, i.number
FROM invoices i
WHERE CASE i.kind WHEN 'invoice' THEN i.gross - i.settled ELSE i.settled - i.gross END
      <> (SELECT COALESCE(sum(e.amount), 0) FROM ledger_entries e WHERE (e.account_id, e.invoice_id) = (i.account_id, i.id))
UNION ALL
SELECT 'what a payment has left is what the ledger says', p.account_id, p.number
FROM payments p
WHERE CASE p.kind WHEN 'refund' THEN p.amount - p.used ELSE p.used - p.amount END
      <> (SELECT COALESCE(sum(e.amount), 0) FROM ledger_entries e WHERE (e.account_id, e.payment_id) = (p.account_id, p.id))
UNION ALL
SELECT 'an account''s balance is what its documents have left', a.id, a.number || ' ' || e.currency
FROM accounts a JOIN (SELECT account_id, currency, sum(amount) FILTER (WHERE moves_balance) AS moved,
                             sum(amount) FILTER (WHERE book IN ('receivable', 'unapplied')) AS left_over
                      FROM ledger_entries GROUP BY 1, 2) e ON e.account_id = a.id
WHERE e.moved <> e.left_over
UNION ALL
SELECT 'in payment = what payments under way have reserved', i.account_id, i.number
FROM invoices i
WHERE i.in_payment <> (SELECT COALESCE(sum(t.amount + t.discount), 0) FROM payment_intent_items t
                       JOIN payment_intents n ON (n.account_id, n.id) = (t.account_id, t.intent_id)
                       WHERE (t.account_id, t.invoice_id) = (i.account_id, i.id) AND n.status = 'waiting')
UNION ALL
SELECT 'a payment under way asks for what its invoices take', n.account_id, n.number
FROM payment_intents n
WHERE n.amount <> (SELECT COALESCE(sum(t.amount), 0) FROM payment_intent_items t WHERE (t.account_id, t.intent_id) = (n.account_id, n.id))
UNION ALL
SELECT 'the audit chain verifies', v.account_id, 'entry ' || v.seq
FROM (SELECT l.account_id, l.seq, l.hash, l.line,
             lag(l.hash, 1, ''::bytea) OVER w AS before, lag(l.seq, 1, 0::bigint) OVER w AS seq_before
      FROM audit_log l WINDOW w AS (PARTITION BY l.account_id ORDER BY l.seq)) v
WHERE v.hash <> sha256(v.before || convert_to(v.line, 'UTF8')) OR v.seq <> v.seq_before + 1
UNION ALL
SELECT 'the audit head is the last entry', h.account_id, 'head ' || h.seq
FROM audit_heads h
WHERE NOT EXISTS (SELECT 1 FROM audit_log l WHERE (l.account_id, l.seq, l.hash) = (h.account_id, h.seq, h.hash))
   OR EXISTS (SELECT 1 FROM audit_log l WHERE l.account_id = h.account_id AND l.seq > h.seq)
UNION ALL
SELECT 'an order waits for approval exactly while its flow is open', o.account_id, o.number
FROM orders o LEFT JOIN approval_flows f ON (f.account_id, f.order_id) = (o.account_id, o.id)
WHERE o.source = 'portal' AND (o.status = 'pending_approval') <> COALESCE(f.status = 'open', false)
UNION ALL
SELECT 'a flow''s version counts its decisions', f.account_id, o.number
FROM approval_flows f JOIN orders o ON (o.account_id, o.id) = (f.account_id, f.order_id)
WHERE f.version <> 1 + (SELECT count(*) FROM approval_log l WHERE (l.account_id, l.order_id) = (f.account_id, f.order_id) AND l.version IS NOT NULL)
UNION ALL
SELECT 'nothing is decided beyond a flow''s end', f.account_id, o.number
FROM approval_flows f JOIN orders o ON (o.account_id, o.id) = (f.account_id, f.order_id)
WHERE f.status <> 'open' AND EXISTS (SELECT 1 FROM approval_log l WHERE (l.account_id, l.order_id) = (f.account_id, f.order_id)
                                     AND l.version IS NOT NULL AND l.at > f.ended_at)
UNION ALL
SELECT 'a budget is used by what is confirmed, and by nothing else', o.account_id, o.number
FROM orders o JOIN (SELECT e.account_id, e.order_id, sum(e.amount) AS used FROM budget_entries e GROUP BY 1, 2) e
  ON (e.account_id, e.order_id) = (o.account_id, o.id)
WHERE e.used <> CASE WHEN o.status IN ('confirmed', 'partially_shipped', 'shipped', 'completed')
                     THEN greatest(o.gross - (SELECT COALESCE(sum(c.gross), 0) FROM invoices c
                                              WHERE (c.account_id, c.order_id) = (o.account_id, o.id) AND c.corrects IS NOT NULL), 0)
                     ELSE 0 END
UNION ALL
SELECT 'who shares a limit has its currency', a.id, a.number
FROM accounts a JOIN accounts p ON p.id = a.parent_id
WHERE a.credit_shared AND a.currency <> p.currency
UNION ALL
SELECT 'what is made to order holds no stock', r.account_id, o.number || ' line ' || l.line_no
FROM reservations r JOIN order_lines l ON (l.account_id, l.order_id, l.line_no) = (r.account_id, r.order_id, r.line_no)
JOIN orders o ON (o.account_id, o.id) = (l.account_id, l.order_id)
WHERE l.to_order
UNION ALL
SELECT 'what is ordered of a quote costs what was quoted', l.account_id, o.number || ' line ' || l.line_no
FROM order_lines l JOIN orders o ON (o.account_id, o.id) = (l.account_id, l.order_id)
JOIN quote_versions v ON (v.account_id, v.quote_id, v.no) = (o.account_id, o.quote_id, o.quote_version)
WHERE NOT EXISTS (SELECT 1 FROM jsonb_array_elements(v.document -> 'lines') q, jsonb_array_elements(q -> 'offers') f
                  WHERE (q ->> 'no')::int = l.quote_line AND (f -> 'unit_price' ->> 'amount')::numeric = l.unit_price
                    AND ((f ->> 'quantity')::numeric = l.quantity OR (f ->> 'or_more')::boolean AND (f ->> 'quantity')::numeric < l.quantity))
UNION ALL
SELECT 'no more of a quote is ordered than it allows', x.account_id, x.number || ' line ' || x.quote_line
FROM (SELECT o.account_id, q.number, l.quote_line, sum(l.quantity) AS ordered, v.document
      FROM orders o JOIN order_lines l ON (l.account_id, l.order_id) = (o.account_id, o.id) JOIN quotes q ON (q.account_id, q.id) = (o.account_id, o.quote_id)
      JOIN quote_versions v ON (v.account_id, v.quote_id, v.no) = (o.account_id, o.quote_id, o.quote_version)
      WHERE o.status NOT IN ('rejected', 'cancelled')
      GROUP BY o.account_id, q.number, l.quote_line, v.document, o.quote_version) x,
     jsonb_array_elements(x.document -> 'lines') AS d(line)
WHERE (d.line ->> 'no')::int = x.quote_line AND x.ordered > (d.line ->> 'at_most')::numeric
UNION ALL
SELECT 'a quote is ordered exactly while an order of it stands', q.account_id, q.number
FROM quotes q
WHERE (q.status IN ('accepted', 'partly_accepted'))
      AND NOT EXISTS (SELECT 1 FROM orders o WHERE (o.account_id, o.quote_id, o.quote_version) = (q.account_id, q.id, q.in_force)
                      AND o.status NOT IN ('rejected', 'cancelled'))
   OR q.status = 'sent'
      AND EXISTS (SELECT 1 FROM orders o WHERE (o.account_id, o.quote_id, o.quote_version) = (q.account_id, q.id, q.in_force)
                  AND o.status NOT IN ('rejected', 'cancelled'))
UNION ALL
SELECT 'a quote''s last version is the one in force', q.account_id, q.number
FROM quotes q
WHERE q.in_force <> (SELECT COALESCE(max(v.no), 0) FROM quote_versions v WHERE (v.account_id, v.quote_id) = (q.account_id, q.id))
UNION ALL
SELECT 'a quote''s thread has every entry', q.account_id, q.number
FROM quotes q
WHERE q.said <> (SELECT count(*) FROM quote_thread t WHERE (t.account_id, t.quote_id) = (q.account_id, q.id))
UNION ALL
SELECT 'what is shipped left in shipments', l.account_id, o.number || ' line ' || l.line_no
FROM order_lines l JOIN orders o ON (o.account_id, o.id) = (l.account_id, l.order_id)
LEFT JOIN (SELECT s.account_id, s.order_id, s.line_no, sum(s.quantity) AS quantity FROM shipment_lines s GROUP BY 1, 2, 3) sent
  ON (sent.account_id, sent.order_id, sent.line_no) = (l.account_id, l.order_id, l.line_no)
WHERE o.source = 'portal' AND l.quantity_shipped <> COALESCE(sent.quantity, 0)
UNION ALL
SELECT 'an order''s state says how much of it was sent', o.account_id, o.number
FROM orders o JOIN (SELECT l.account_id, l.order_id, bool_or(l.quantity_shipped > 0) AS some, bool_and(l.quantity_shipped = l.quantity) AS whole
                    FROM order_lines l GROUP BY 1, 2) l ON (l.account_id, l.order_id) = (o.account_id, o.id)
WHERE o.source = 'portal' AND CASE WHEN o.status IN ('shipped', 'completed') THEN NOT l.whole
                                   WHEN o.status = 'partially_shipped' THEN l.whole OR NOT l.some ELSE l.some END
UNION ALL
SELECT 'what is not sent of a partly shipped order is reserved', l.account_id, o.number || ' line ' || l.line_no
FROM order_lines l JOIN orders o ON (o.account_id, o.id) = (l.account_id, l.order_id)
WHERE o.source = 'portal' AND o.status = 'partially_shipped' AND NOT l.to_order
  AND l.quantity - l.quantity_shipped <> (SELECT COALESCE(sum(r.quantity), 0) FROM reservations r
                                          WHERE (r.account_id, r.order_id, r.line_no) = (l.account_id, l.order_id, l.line_no))
UNION ALL
SELECT 'the promised day is the last one promised', l.account_id, o.number || ' line ' || l.line_no
FROM order_lines l JOIN orders o ON (o.account_id, o.id) = (l.account_id, l.order_id)
JOIN LATERAL (SELECT c.after_day FROM promise_changes c WHERE (c.account_id, c.order_id, c.line_no) = (l.account_id, l.order_id, l.line_no)
              ORDER BY c.seq DESC LIMIT 1) c ON true
WHERE l.promised_on IS DISTINCT FROM c.after_day
UNION ALL
SELECT 'whoever acts on an order''s behalf is named beside the member', o.account_id, o.number
FROM orders o JOIN members m ON (m.account_id, m.id) = (o.account_id, o.member_id)
WHERE o.source = 'portal' AND o.acting_person <> m.person_id AND o.placed_by NOT LIKE '% for %'
UNION ALL
SELECT 'the numbers of a series have no gap', NULL, d.series
FROM document_series d
WHERE d.last - d.first + 1 <> (SELECT count(*) FROM invoices i WHERE i.source = 'portal' AND i.number ~ ('^' || d.series || '-[0-9]{1,15}$')
                               AND substring(i.number FROM length(d.series) + 2)::bigint BETWEEN d.first AND d.last)
UNION ALL
SELECT 'no line is invoiced beyond what was sent', l.account_id, o.number || ' line ' || l.line_no
FROM (SELECT i.account_id, i.order_id, n.order_line, sum(n.quantity) AS quantity, sum(n.net) AS net
      FROM invoices i JOIN invoice_lines n ON (n.account_id, n.invoice_id) = (i.account_id, i.id)
      WHERE i.kind = 'invoice' AND n.order_line IS NOT NULL GROUP BY 1, 2, 3) x
JOIN order_lines l ON (l.account_id, l.order_id, l.line_no) = (x.account_id, x.order_id, x.order_line)
JOIN orders o ON (o.account_id, o.id) = (l.account_id, l.order_id)
WHERE x.quantity > l.quantity_shipped OR x.net > l.net
UNION ALL
SELECT 'no line is credited beyond what was invoiced', x.account_id, i.number || ' line ' || x.corrects_line
FROM (SELECT c.account_id, c.corrects, n.corrects_line, sum(n.quantity) FILTER (WHERE NOT n.price_only) AS quantity, sum(n.net) AS net
      FROM invoices c JOIN invoice_lines n ON (n.account_id, n.invoice_id) = (c.account_id, c.id)
      WHERE c.corrects IS NOT NULL GROUP BY 1, 2, 3) x
JOIN invoices i ON (i.account_id, i.id) = (x.account_id, x.corrects)
LEFT JOIN invoice_lines l ON (l.account_id, l.invoice_id, l.line_no) = (x.account_id, x.corrects, x.corrects_line)
WHERE l.line_no IS NULL OR x.quantity > l.quantity OR x.net > l.net
UNION ALL
SELECT 'an invoice knows its credit notes, which are of its order and in its currency', i.account_id, i.number
FROM invoices i
WHERE i.credits <> (SELECT count(*) FROM invoices c WHERE (c.account_id, c.corrects) = (i.account_id, i.id))
   OR EXISTS (SELECT 1 FROM invoices c WHERE (c.account_id, c.corrects) = (i.account_id, i.id)
              AND (c.currency <> i.currency OR c.order_id IS DISTINCT FROM i.order_id OR i.kind <> 'invoice'))
UNION ALL
SELECT 'tax = each rate on the sum of its category', i.account_id, i.number
FROM invoices i
WHERE i.source = 'portal'
  AND i.tax <> (SELECT COALESCE(sum(round(g.base * g.tax_rate / 100, CASE WHEN i.currency IN ('JPY', 'KRW', 'CLP', 'ISK', 'VND', 'XOF', 'XAF') THEN 0
                                                                          WHEN i.currency IN ('KWD', 'BHD', 'OMR', 'JOD', 'TND', 'IQD', 'LYD') THEN 3 ELSE 2 END)), 0)
                FROM (SELECT a.tax_rate, a.category, sum(a.net) AS base
                      FROM (SELECT l.net, l.tax_rate, CASE l.tax_category WHEN 'reduced' THEN 'standard' ELSE l.tax_category END AS category
                            FROM invoice_lines l WHERE (l.account_id, l.invoice_id) = (i.account_id, i.id)
                            UNION ALL
                            SELECT CASE c.what WHEN 'restocking' THEN -c.net ELSE c.net END, c.tax_rate,
                                   CASE c.tax_category WHEN 'reduced' THEN 'standard' ELSE c.tax_category END
                            FROM invoice_charges c WHERE (c.account_id, c.invoice_id) = (i.account_id, i.id)) a GROUP BY 1, 2) g)
UNION ALL
SELECT 'what is not taxed says why', l.account_id, i.number || ' line ' || l.line_no
FROM invoice_lines l JOIN invoices i ON (i.account_id, i.id) = (l.account_id, l.invoice_id)
WHERE (l.tax_rate > 0) <> (l.tax_category IN ('standard', 'reduced'))
UNION ALL
SELECT 'what the bank says came in is booked once, as it came', b.account_id, l.bank_id
FROM bank_lines l LEFT JOIN bank_bookings b ON b.line_id = l.id LEFT JOIN payments p ON (p.account_id, p.id) = (b.account_id, b.payment_id)
WHERE (l.state = 'booked') <> (b.line_id IS NOT NULL)
   OR b.line_id IS NOT NULL AND (p.kind, p.amount, p.currency, p.received_on) <> ('payment', l.amount, l.currency, l.booked_on)
UNION ALL
SELECT 'a date of a schedule is ordered with its order and never without', d.account_id, s.name || ' of ' || d.due_on
FROM schedule_dates d JOIN schedules s ON (s.account_id, s.id) = (d.account_id, d.schedule_id)
LEFT JOIN orders o ON (o.account_id, o.id) = (d.account_id, d.order_id)
WHERE (d.stage = 'placed') <> (o.id IS NOT NULL)
UNION ALL
SELECT 'a schedule has lines', s.account_id, s.name
FROM schedules s
WHERE NOT EXISTS (SELECT 1 FROM schedule_lines l WHERE (l.account_id, l.schedule_id) = (s.account_id, s.id));

GRANT SELECT ON violations TO buyerdesk_job;
