// Drives wrk and reads /proc and pg_stat_statements: see scripts/bench.
import { execFileSync, spawn } from 'node:child_process';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';

const env = process.env;
const base = `http://${env.BUYERDESK_ADDR}`;
const imported = !!env.BENCH_DATA;
const buyer = env.BENCH_BUYER ?? (imported ? 'buyer@14646.example' : 'buyer@acme.example');
const finance = env.BENCH_FINANCE ?? (imported ? 'finance@14646.example' : 'finance@acme.example');
const sku = env.BENCH_SKU ?? (imported ? '23110' : 'GL-CUT-D-9');
const password = 'buyerdesk-demo-2026';
const seconds = Number(env.BENCH_SECONDS ?? 8);
const ticks = Number(execFileSync('getconf', ['CLK_TCK']));

const sql = (query) => execFileSync('psql', [env.BENCH_PSQL_URL, '-Atq', '-v', 'ON_ERROR_STOP=1'], { input: query }).toString().trim();
const cpuOf = (pid) => {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
  return (Number(fields[11]) + Number(fields[12])) / ticks;
};
const postmaster = readFileSync(`${env.BENCH_PGDATA}/postmaster.pid`, 'utf8').split('\n')[0];
const postgresCpu = () => {
  // What its processes took that have ended meanwhile, and those that run.
  const ended = readFileSync(`/proc/${postmaster}/stat`, 'utf8').split(') ')[1].split(' ');
  let sum = (Number(ended[13]) + Number(ended[14])) / ticks;
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
      if (fields[1] === postmaster) sum += cpuOf(pid);
    } catch { /* gone meanwhile */ }
  }
  return sum;
};
// Statements that ask or write something; BEGIN with its SET LOCAL, COMMIT and ROLLBACK are counted apart.
const asked = `SELECT COALESCE(sum(calls), 0) FROM pg_stat_statements s JOIN pg_database d ON d.oid = s.dbid
  WHERE d.datname = current_database() AND query !~* '^(begin|commit|rollback|set|notify|listen)' AND query !~* 'pg_stat_statements'`;
const statements = () => Number(sql(asked));

const highest = () => readFileSync(`/proc/${server.pid}/status`, 'utf8').match(/VmHWM:\s+(\d+)/)[1] / 1024;

const start = (command, args = []) => spawn(command, args, { stdio: ['ignore', 'ignore', 'inherit'], env: { ...env, RUST_LOG: 'error' } });
const wait = async (url) => {
  for (let i = 0; i < 100; i++) {
    try { if ((await fetch(url)).ok) return; } catch { /* not yet */ }
    await new Promise((done) => setTimeout(done, 100));
  }
  throw new Error(`${url} does not answer`);
};
const headers = { accept: 'text/html', 'sec-fetch-site': 'same-origin' };
const signIn = async (email) => {
  const body = new URLSearchParams({ email, password, next: '/' });
  const answer = await fetch(`${base}/api/accounts/sign-in`, { method: 'POST', body, headers, redirect: 'manual' });
  if (answer.status !== 302) throw new Error(`${email} cannot sign in: ${answer.status}`);
  return answer.headers.get('set-cookie').split(';')[0];
};
// A connection that stays open and posts forms for somebody: fetch takes more of the two cores than the server does.
const wire = (cookie) => {
  const [host, port] = env.BUYERDESK_ADDR.split(':');
  const socket = connect({ host, port: Number(port), noDelay: true });
  let [answer, answered, failed] = ['', () => {}, () => {}];
  socket.on('data', (data) => {
    answer += data;
    const [head, body] = answer.split('\r\n\r\n');
    if (body !== undefined && body.length >= Number(head.match(/^content-length: (\d+)/im)?.[1] ?? 0)) answered(answer);
  });
  socket.on('error', (error) => failed(error));
  const post = (path, form) => new Promise((done, fail) => {
    [answer, answered, failed] = ['', done, fail];
    const body = new URLSearchParams(form).toString();
    const head = { host: env.BUYERDESK_ADDR, ...headers, cookie, 'content-type': 'application/x-www-form-urlencoded', 'content-length': body.length };
    socket.write(`POST ${path} HTTP/1.1\r\n${Object.entries(head).map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n${body}`);
  });
  return { post, end: () => socket.end() };
};
const brotli = (data) => execFileSync('brotli', ['-c', '-q', '5'], { input: data }).length;

const accountOf = (email) => `(SELECT m.account_id FROM members m JOIN people p ON p.id = m.person_id WHERE p.email = '${email}' LIMIT 1)`;

// Quotes are made anew by each run: those of the last were accepted.
const run = Date.now().toString(36).toUpperCase();
const rows = [];
const told = rows.push;
rows.push = (row) => {
  console.error(`${row.join(' | ')} | ${highest().toFixed(0)} MB`);
  return told.call(rows, row);
};
// One address, or several in turn.
const wrk = (url, cookie, connections = 8, during = seconds) => {
  const urls = [url].flat();
  const several = [];
  if (urls.length > 1) {
    const turns = '/tmp/buyerdesk-bench.lua';
    const paths = urls.map((one) => JSON.stringify(one.replace(base, ''))).join(', ');
    writeFileSync(turns, `local paths, n = { ${paths} }, 0\nrequest = function() n = n + 1 return wrk.format('GET', paths[n % #paths + 1]) end\n`);
    several.push('-s', turns);
  }
  const out = execFileSync('wrk', ['-t1', `-c${connections}`, `-d${during}s`, '--latency', ...several, '-H', 'accept: text/html', ...(cookie ? ['-H', `cookie: ${cookie}`] : []), urls[0]]).toString();
  const find = (pattern) => out.match(pattern)?.[1] ?? '';
  if (/Non-2xx/.test(out)) throw new Error(`${url}: ${out}`);
  return { rate: Number(find(/Requests\/sec:\s+([\d.]+)/)), count: Number(find(/(\d+) requests in/)), p50: find(/^\s+50%\s+(\S+)/m), p99: find(/^\s+99%\s+(\S+)/m) };
};

const server = start(env.BENCH_BUYERDESK, imported ? ['serve'] : ['demo']);
const bare = start(env.BENCH_BARE);
try {
  await wait(`${base}/healthz`);
  await wait('http://127.0.0.1:3301/');
  for (const email of new Set([buyer, finance])) {
    if (imported) execFileSync(env.BENCH_BUYERDESK, ['member', 'set-password', email], { input: password, env: { ...env, RUST_LOG: 'error' } });
  }
  const [buys, pays] = [await signIn(buyer), await signIn(finance)];
  // What the server does every ten minutes, such as looking at accounts' prices, is no part of a page.
  const settled = async () => {
    for (let [idle, before] = [0, cpuOf(server.pid)]; idle < 5;) {
      await new Promise((done) => setTimeout(done, 500));
      const after = cpuOf(server.pid);
      [idle, before] = [after - before < 0.05 ? idle + 1 : 0, after];
    }
  };
  await settled();

  const both = (own, pg) => `${own.toFixed(2)} + ${pg.toFixed(2)}`;
  const page = async (name, path, cookie) => {
    const urls = [path].flat().map((one) => base + one);
    const answer = await fetch(urls[0], { headers: { ...headers, cookie } });
    const html = Buffer.from(await answer.arrayBuffer());
    if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
    wrk(urls, cookie, 8, 2); // every connection has planned its statements
    // Busy, and with one request at a time: then each of the round trips to the database wakes two idle processors.
    const measured = (connections) => {
      const [calls, own, pg] = [statements(), cpuOf(server.pid), postgresCpu()];
      const run = wrk(urls, cookie, connections);
      const per = (n) => n / run.count;
      return { ...run, cpu: both(per((cpuOf(server.pid) - own) * 1000), per((postgresCpu() - pg) * 1000)), sql: per(statements() - calls).toFixed(1) };
    };
    const [busy, alone] = [measured(8), measured(1)];
    rows.push([name, busy.rate.toFixed(0), busy.p50, busy.p99, alone.p50, busy.cpu, alone.cpu, alone.sql, String(brotli(html))]);
  };
  await page('catalog page, 24 prices', '/catalog', buys);
  await page('catalog, its first 100 pages in turn', Array.from({ length: 100 }, (_, i) => `/catalog?page=${i + 1}`), buys);
  if (env.BENCH_SCALE) {
    // 60 pages of each category: more articles than a server process keeps.
    const categories = sql('SELECT slug FROM categories ORDER BY position').split('\n');
    const pages = categories.flatMap((slug) => Array.from({ length: 60 }, (_, i) => `/catalog/${slug}?page=${i + 1}`));
    await page(`catalog, ${pages.length} pages in turn, known or not`, pages, buys);
  }
  await page('category page', imported ? '/catalog/lighting' : '/catalog/packaging', buys);
  await page('product page', `/products/${sku}`, buys);
  await page('search, words', imported ? '/search?q=red+heart' : '/search?q=tape', buys);
  await page('catalog by own price', '/catalog?sort=price', buys);
  await page('suggestions, one letter', '/api/search/suggest?words=s', buys);
  await page('suggestions, two words', `/api/search/suggest?words=${imported ? 'red+hea' : 'packing+t'}`, buys);
  await page('suggestions, misspelled', `/api/search/suggest?words=${imported ? 'hangng+haert' : 'pcking+tpae'}`, buys);
  await page('order history, 25', '/orders', buys);
  // As a reader gets there, from page to page: behind the row that was the last before.
  const behind = (table, day, account) => sql(`SELECT number FROM ${table} WHERE account_id = ${account} ORDER BY ${day} DESC, id DESC OFFSET ${999 * 25 - 1} LIMIT 1`);
  if (env.BENCH_SCALE) {
    await page('order history, page 1,000', `/orders?page=1000&after=${behind('orders', 'placed_at', accountOf(buyer))}`, buys);
    await page('order history, page 1,000 by its number', '/orders?page=1000', buys);
  }
  await page('invoice list, 25', '/invoices?show=all', pays);

  const browsing = highest();

  // Submits, one at a time; the statements of every twentieth are counted.
  const post = async (path, form, cookie = buys) => fetch(base + path, { method: 'POST', body: new URLSearchParams(form), headers: { ...headers, cookie }, redirect: 'manual' });
  const add = async () => { const a = await post('/api/cart/add', { sku, quantity: '1', back: '/cart' }); if (a.status !== 302) throw new Error(`add: ${a.status}`); };
  sql("UPDATE stock SET on_hand = 900000; UPDATE credit_limits SET credit_limit = NULL; UPDATE accounts SET order_minimum = NULL; UPDATE products SET min_quantity = 1, quantity_multiple = 1; UPDATE approval_rules SET enabled = false");
  sql('DELETE FROM cart_lines');
  // What was just rewritten is not tidied up while we measure, nor read into the index.
  sql('VACUUM ANALYZE stock');
  sql('VACUUM ANALYZE products');
  await settled();
  const n = 200;
  const [calls, own, pg] = [statements(), cpuOf(server.pid), postgresCpu()];
  for (let i = 0; i < n; i++) await add();
  const adding = { calls: statements() - calls, own: cpuOf(server.pid) - own, pg: postgresCpu() - pg };
  sql('DELETE FROM cart_lines');
  // Does something n times, one after the other, after some that are not counted; the SQL of every twentieth is.
  const ms = (t) => `${t.toFixed(2)}ms`;
  const times = async (name, n, prepare, act, warm = 40) => {
    for (let i = 0; i < warm; i++) await act(await prepare(i), i);
    const took = [];
    let counted = 0;
    let [own, pg] = [0, 0];
    for (let i = 0; i < n; i++) {
      const form = await prepare(warm + i);
      const [calls, ownBefore, pgBefore] = [i % 20 === 0 ? statements() : 0, cpuOf(server.pid), postgresCpu()];
      const began = performance.now();
      await act(form, warm + i);
      took.push(performance.now() - began);
      own += cpuOf(server.pid) - ownBefore;
      pg += postgresCpu() - pgBefore;
      if (i % 20 === 0) counted += statements() - calls;
    }
    took.sort((a, b) => a - b);
    rows.push([name, (1000 / (took.reduce((a, b) => a + b) / n)).toFixed(0), '', ms(took[Math.floor(n * 0.99)]), ms(took[Math.floor(n / 2)]), '', both((own * 1000) / n, (pg * 1000) / n), (counted / Math.ceil(n / 20)).toFixed(1), '']);
    return took[Math.floor(n / 2)];
  };
  // A thousand different articles pasted, understood and priced; and put into a list of 500 that is ordered again as a quote request would be.
  const skus = sql(`SELECT string_agg(sku, ',') FROM (SELECT sku FROM products WHERE status = 'active' ORDER BY sku LIMIT 1000) s`).split(',');
  await post('/api/quick/keep', { lines: skus.map((sku, i) => `${(i % 9) + 1} x ${sku}`).join('\n') });
  await page(`quick order of ${skus.length} lines`, '/quick-order', buys);
  await post('/api/quick/keep', { lines: '' });
  const long = sql(`WITH line AS (SELECT p.id, p.sku, p.name, p.unit, row_number() OVER (ORDER BY p.sku) AS n FROM products p WHERE status = 'active' LIMIT 500),
    made AS (INSERT INTO orders (account_id, id, number, status, placed_by, placed_at, currency, net, tax, gross, line_count, source)
             SELECT ${accountOf(buyer)}, gen_random_uuid(), 'BENCH500', 'completed', 'Bench', now() - interval '3 years', 'GBP', 500, 0, 500, (SELECT count(*) FROM line), 'import' RETURNING account_id, id, number)
    INSERT INTO order_lines (account_id, order_id, line_no, product_id, sku, name, unit, quantity, unit_price, net, tax_rate)
    SELECT m.account_id, m.id, l.n, l.id, l.sku, l.name, l.unit, 1, 1, 1, 20 FROM made m, line l RETURNING 1`);
  await page(`reorder of ${long.split('\n').length} lines`, '/orders/BENCH500/reorder', buys);
  sql(`DELETE FROM order_lines l USING orders o WHERE o.id = l.order_id AND o.number = 'BENCH500'; DELETE FROM orders WHERE number = 'BENCH500'`);
  const checkout = async () => {
    await add();
    const html = await (await fetch(`${base}/checkout`, { headers: { ...headers, cookie: buys } })).text();
    const value = (name) => html.match(new RegExp(`name="${name}"[^>]*value="([^"]*)"`))?.[1] ?? '';
    return { order_id: value('order_id'), total: value('total'), po_number: 'BENCH', ship_to: html.match(/<option[^>]*value="([0-9a-f-]{36})"/)?.[1] ?? '', partial_delivery: 'true' };
  };
  const submitted = [];
  const submit = async (form) => {
    const to = (await post('/api/cart/submit', form)).headers.get('location') ?? '';
    if (!to.startsWith('/orders/')) throw new Error(`submit: ${to}`);
    submitted.push(to.slice('/orders/'.length).split('?')[0]);
  };
  const without = await times('submit, one line, one at a time', n, checkout, submit);
  rows.push(['add to cart', '', '', '', '', '', both(adding.own * 1000 / n, adding.pg * 1000 / n), (adding.calls / n).toFixed(1), '']);

  // Sixty-four people submit at once: colleagues, on one stock row and one credit limit; and each in an account of their own.
  const crowd = 64;
  const colleague = (n) => `crowd-${n}@bench.example`;
  sql(`INSERT INTO people (id, email, name) SELECT gen_random_uuid(), 'crowd-' || n || '@bench.example', 'Crowd ' || n FROM generate_series(1, ${2 * crowd}) n ON CONFLICT DO NOTHING;
       INSERT INTO credentials (person_id, password_hash, changed_at) SELECT p.id, c.password_hash, now() FROM people p, credentials c JOIN people b ON b.id = c.person_id
       WHERE p.email LIKE 'crowd-%@bench.example' AND b.email = '${buyer}' ON CONFLICT DO NOTHING;
       INSERT INTO accounts (id, number, name, currency, country) SELECT gen_random_uuid(), 'CROWD-' || n, 'Crowd ' || n, 'GBP', 'GB' FROM generate_series(1, ${crowd}) n ON CONFLICT DO NOTHING;
       INSERT INTO members (account_id, id, person_id, roles) SELECT CASE WHEN n <= ${crowd} THEN ${accountOf(buyer)} ELSE (SELECT a.id FROM accounts a WHERE a.number = 'CROWD-' || (n - ${crowd})) END,
         gen_random_uuid(), p.id, '{buyer}' FROM generate_series(1, ${2 * crowd}) n JOIN people p ON p.email = 'crowd-' || n || '@bench.example' ON CONFLICT DO NOTHING;
       INSERT INTO credit_limits (account_id, credit_limit) SELECT ${accountOf(buyer)}, 900000000 ON CONFLICT (account_id) DO UPDATE SET credit_limit = excluded.credit_limit`);
  const deadlocks = () => Number(sql('SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()'));
  const atOnce = async (name, first) => {
    const cookies = [];
    for (let n = first; n < first + crowd; n++) cookies.push(await signIn(colleague(n)));
    const wires = cookies.map(wire);
    const ready = async (cookie) => {
      const added = await post('/api/cart/add', { sku, quantity: '1', back: '/cart' }, cookie);
      if (added.status !== 302) throw new Error(`add: ${added.status}`);
      const html = await (await fetch(`${base}/checkout`, { headers: { ...headers, cookie } })).text();
      const value = (field) => html.match(new RegExp(`name="${field}"[^>]*value="([^"]*)"`))?.[1] ?? '';
      return { order_id: value('order_id'), total: value('total'), po_number: 'CROWD', ship_to: html.match(/<option[^>]*value="([0-9a-f-]{36})"/)?.[1] ?? '', partial_delivery: 'true' };
    };
    const rounds = 8;
    let [took, own, pg, locked, refused] = [[], 0, 0, deadlocks(), 0];
    let spent = 0;
    for (let round = 0; round < rounds; round++) {
      const forms = [];
      for (const cookie of cookies) forms.push(await ready(cookie));
      const [ownBefore, pgBefore, began] = [cpuOf(server.pid), postgresCpu(), performance.now()];
      await Promise.all(forms.map(async (form, i) => {
        const answer = await wires[i].post('/api/cart/submit', form);
        took.push(performance.now() - began);
        if (!/^location: \/orders\//im.test(answer)) refused += 1;
      }));
      spent += performance.now() - began;
      own += cpuOf(server.pid) - ownBefore;
      pg += postgresCpu() - pgBefore;
    }
    for (const one of wires) one.end();
    const all = rounds * crowd;
    took.sort((a, b) => a - b);
    rows.push([name, ((all * 1000) / spent).toFixed(0), ms(took[all >> 1]), ms(took[Math.floor(all * 0.99)]), '', both((own * 1000) / all, (pg * 1000) / all), '', '', '']);
    return `${name}: ${all - refused} of ${all} accepted, ${deadlocks() - locked} deadlocks`;
  };
  const crowds = [await atOnce('64 submits at once, one account', 1), await atOnce('64 submits at once, 64 accounts', crowd + 1)];
  sql(`UPDATE credit_limits SET credit_limit = NULL`);

  // Quotes of 500 lines (or as many as there are articles), in force: opened, and accepted whole, each once.
  const seat = `(SELECT m.id FROM members m JOIN people p ON p.id = m.person_id WHERE p.email = '${buyer}' LIMIT 1)`;
  const quoted = 60;
  const gbp = (amount) => `jsonb_build_object('amount', (${amount})::text, 'currency', 'GBP')`;
  sql(`UPDATE stock SET on_hand = 900000;
       INSERT INTO quotes (account_id, id, number, title, status, member_id, asked_by, currency, in_force, valid_until, line_count, said, created_at, since)
       SELECT a.id, gen_random_uuid(), 'Q-${run}-' || n, 'Bench', 'sent', ${seat}, 'Bench', 'GBP', 1, current_date + 30, 500, 0, now(), now()
       FROM (SELECT ${accountOf(buyer)} AS id) a, generate_series(1, ${quoted}) n;
       WITH lines AS (
         SELECT jsonb_agg(jsonb_build_object('no', p.no, 'product', p.id, 'sku', p.sku, 'name', p.name, 'unit', p.unit, 'quantity', '10', 'at_most', NULL,
                'offers', jsonb_build_array(jsonb_build_object('quantity', '10', 'or_more', true, 'unit_price', ${gbp('1.25')})), 'alternative_to', NULL,
                'tax_rate', '20', 'lead_days', NULL, 'usual_price', NULL, 'note', '') ORDER BY p.no) AS lines, count(*) * 12.5 AS net
         FROM (SELECT row_number() OVER (ORDER BY p.sku) AS no, p.* FROM products p WHERE EXISTS (SELECT 1 FROM stock k WHERE k.product_id = p.id) ORDER BY p.sku LIMIT 500) p)
       INSERT INTO quote_versions (account_id, quote_id, no, document, totals, gross, valid_until, sent_by, sent_at, internals)
       SELECT q.account_id, q.id, 1,
              jsonb_build_object('title', 'Bench', 'lines', l.lines, 'delivery', ${gbp('0')}, 'terms', '', 'note', '', 'valid_until', current_date + 30),
              jsonb_build_object('net', ${gbp('l.net')}, 'delivery', ${gbp('0')}, 'tax', ${gbp('l.net * 0.2')}, 'gross', ${gbp('l.net * 1.2')},
                'taxes', jsonb_build_array(jsonb_build_object('rate', '20', 'base', ${gbp('l.net')}, 'tax', ${gbp('l.net * 0.2')}))),
              l.net * 1.2, current_date + 30, 'Bench', now(), '{"costs": {}, "note": ""}'
       FROM quotes q, lines l WHERE q.number LIKE 'Q-${run}-%'`);
  const lineCount = sql("SELECT jsonb_array_length(document -> 'lines') FROM quote_versions v JOIN quotes q ON q.id = v.quote_id WHERE q.number = 'Q-" + run + "-1'");
  await page(`quote of ${lineCount} lines`, `/quotes/Q-${run}-1`, buys);
  const address = (await checkout()).ship_to;
  sql('DELETE FROM cart_lines');
  const accepting = (i) => ({ number: `Q-${run}-${i + 1}`, version: '1', order_id: crypto.randomUUID(), po_number: 'BENCH', ship_to: address, partial_delivery: 'true' });
  await times(`accept ${lineCount} lines`, quoted - 40, accepting, async (form) => {
    const to = (await post('/api/quotes/accept', form)).headers.get('location') ?? '';
    if (!to.startsWith('/orders/')) throw new Error(`accept: ${to}`);
  });

  // Approvals: a hundred rules that do not match, then one that does; the finance user may approve.
  const account = accountOf(buyer);
  const rule = (over) => `jsonb_build_object('name', 'Bench', 'about', '[]'::jsonb, 'conditions', jsonb_build_array(jsonb_build_object('TotalOver', jsonb_build_object('amount', '${over}', 'currency', 'GBP'))),
    'tiers', '[{"all": false, "who": [{"Role": "approver"}]}]'::jsonb, 'requester_may', false)`;
  sql(`UPDATE approval_rules SET enabled = false; INSERT INTO approval_rules (account_id, id, rule) SELECT ${account}, gen_random_uuid(), ${rule(900000)} FROM generate_series(1, 100)`);
  const withRules = await times('submit, 100 rules asked', n, checkout, submit);
  sql(`UPDATE approval_rules SET enabled = false; INSERT INTO approval_rules (account_id, id, rule) SELECT ${account}, gen_random_uuid(), ${rule(0)}`);
  sql(`UPDATE members SET roles = array_append(roles, 'approver') WHERE account_id = ${account} AND person_id = (SELECT id FROM people WHERE email = '${finance}') AND NOT 'approver' = ANY (roles)`);
  submitted.length = 0;
  for (let i = 0; i < 500; i++) await submit(await checkout());
  await page('inbox, 500 waiting', '/approvals', pays);
  await page('one order to approve', `/approvals/${submitted[0]}`, pays);
  const orders = [...submitted];
  await times('approve', n, (i) => ({ number: orders[i], version: '1', verdict: 'approve' }), async (form) => {
    const answer = await post('/api/approvals/decide', form, pays);
    if (answer.headers.get('location') !== '/approvals') throw new Error(`approve ${form.number}: ${answer.headers.get('location')}`);
  });
  // A rep with 500 customers, as many orders each as the buyer's account has on the mean.
  const rep = 'rep@bench.example';
  sql(`INSERT INTO people (id, email, name) VALUES (gen_random_uuid(), '${rep}', 'Bench Rep') ON CONFLICT DO NOTHING;
       INSERT INTO credentials (person_id, password_hash, changed_at) SELECT p.id, c.password_hash, now() FROM people p, credentials c JOIN people b ON b.id = c.person_id WHERE p.email = '${rep}' AND b.email = '${buyer}' ON CONFLICT DO NOTHING;
       INSERT INTO staff (person_id, role) SELECT id, 'sales_rep' FROM people WHERE email = '${rep}' ON CONFLICT DO NOTHING;
       INSERT INTO accounts (id, number, name, currency, country) SELECT gen_random_uuid(), 'BENCH-' || n, 'Bench customer ' || n, 'GBP', 'GB' FROM generate_series(1, 500) n ON CONFLICT DO NOTHING;
       INSERT INTO staff_assignments (account_id, person_id) SELECT a.id, p.id FROM accounts a, people p WHERE a.number LIKE 'BENCH-%' AND p.email = '${rep}' ON CONFLICT DO NOTHING;
       INSERT INTO orders (account_id, id, number, status, placed_by, placed_at, currency, net, tax, gross, line_count, source)
       SELECT a.id, gen_random_uuid(), 'BENCH-' || k, 'completed', 'Bench', now() - k * interval '20 days', 'GBP', 100, 20, 120, 1, 'import' FROM accounts a, generate_series(1, 40) k WHERE a.number LIKE 'BENCH-%' ON CONFLICT DO NOTHING;
       ANALYZE accounts; ANALYZE orders; ANALYZE staff_assignments`);
  const sells = await signIn(rep);
  await page('rep home, 500 customers', '/sales', sells);
  await page('customers, 50 of 500', '/sales/customers', sells);

  // What a rule would have done to all orders there are, as if they were one account's.
  if (!env.BENCH_SCALE) {
    sql(`INSERT INTO orders (account_id, id, number, status, placed_by, placed_at, currency, net, tax, gross, line_count, source)
         SELECT a.id, o.id, 'BENCH-' || o.account_id || o.number, 'completed', 'Bench', now() - interval '10 days', 'GBP', o.net, o.gross - o.net, o.gross, o.line_count, 'import'
         FROM orders o, (SELECT ${account} AS id) a WHERE o.account_id <> a.id`);
    sql(`INSERT INTO order_lines (account_id, order_id, line_no, product_id, sku, name, unit, quantity, unit_price, net)
         SELECT a.id, l.order_id, l.line_no, l.product_id, l.sku, l.name, l.unit, l.quantity, l.unit_price, l.net
         FROM order_lines l, (SELECT ${account} AS id) a WHERE l.account_id <> a.id`);
    sql('ANALYZE orders; ANALYZE order_lines');
    sql(`UPDATE members SET roles = array_append(roles, 'account_admin') WHERE account_id = ${account} AND person_id = (SELECT id FROM people WHERE email = '${finance}') AND NOT 'account_admin' = ANY (roles)`);
    const trial = { name: 'Bench', only: 'try', 'first[0]': 'role:approver', over: '500' };
    const count = sql(`SELECT count(*) FROM orders WHERE account_id = ${account}`);
    for (const [name, form] of [['by total', trial], ['by article', { ...trial, product: sku }]]) {
      await times(`a rule tried ${name} on ${count} orders`, 3, () => form, async (form) => {
        const answer = await post('/api/approvals/save-rule', form, pays);
        if (answer.status >= 400) throw new Error(`try: ${answer.status}`);
      }, 1);
    }
  }

  // Finance: documents of the finance user's account, made by SQL. One of 200 lines; 500 to pack; movements for a long statement;
  // and so many documents that a list has thousands of pages.
  const payer = accountOf(finance);
  const many = Number(env.BENCH_DOCUMENTS ?? 1_000_000);
  const documents = (series, from, to) => `
       INSERT INTO invoices (account_id, id, number, kind, issued_on, due_on, currency, net, tax, gross, settled, line_count, bill_to)
       SELECT ${payer}, gen_random_uuid(), '${series}-' || n, 'invoice', current_date - (n % 700), current_date - (n % 700) + 30, 'GBP', 100, 20, 120, 120, 1, '{}'
       FROM generate_series(${from}, ${to}) n ON CONFLICT DO NOTHING;`;
  const line = (numbers, lines) => `
       INSERT INTO invoice_lines (account_id, invoice_id, line_no, sku, name, unit, quantity, unit_price, net, tax_rate)
       SELECT i.account_id, i.id, k, 'BENCH-' || k, 'Bench article number ' || k || ', with a name of usual length', 'EA', 1, 100, 100, 20
       FROM invoices i, generate_series(1, ${lines}) k WHERE i.account_id = ${payer} AND i.number LIKE '${numbers}' ON CONFLICT DO NOTHING;`;
  sql(documents('BENCHLONG', 1, 1) + line('BENCHLONG-%', 200) + documents('BENCHPACK', 1, 500) + line('BENCHPACK-%', 12));
  sql(`UPDATE invoices SET issued_on = date '2001-01-15' WHERE number LIKE 'BENCHPACK-%'`);
  await times('PDF of 200 lines', 40, () => ({}), async () => {
    const answer = await fetch(`${base}/invoices/BENCHLONG-1.pdf`, { headers: { ...headers, cookie: pays } });
    if ((await answer.arrayBuffer()).byteLength < 10_000) throw new Error(`PDF: ${answer.status}`);
  }, 5);
  const seconds2 = (since) => ((performance.now() - since) / 1000).toFixed(1);
  const before = highest();
  const asked2 = performance.now();
  const packed = await post('/api/packs/ask', { from: '2001-01-01', to: '2001-01-31', documents: 'all', cost_centre: '' }, pays);
  if (packed.status >= 400) throw new Error(`pack: ${packed.status}`);
  for (;;) {
    const state = sql("SELECT status FROM finance_packs ORDER BY asked_at DESC LIMIT 1");
    if (state === 'ready') break;
    if (state === 'failed') throw new Error('the pack failed');
    await new Promise((done) => setTimeout(done, 200));
  }
  const notes = [...crowds, `a pack of 500 invoices took ${seconds2(asked2)} s, the server's highest memory before it ${before.toFixed(0)} MB, after it ${highest().toFixed(0)} MB`];
  sql(documents('BENCHMOVE', 1, 100_000) + `
       INSERT INTO ledger_entries (account_id, source_id, line, booked_on, book, invoice_id, payment_id, amount, currency, moves_balance)
       SELECT i.account_id, i.id, 1, i.issued_on, 'receivable', i.id, NULL, 120, 'GBP', true FROM invoices i
       WHERE i.account_id = ${payer} AND i.number LIKE 'BENCHMOVE-%' ON CONFLICT DO NOTHING; ANALYZE invoices; ANALYZE ledger_entries`);
  const stated = async () => {
    const began = performance.now();
    const answer = await fetch(`${base}/statement.csv?from=2001-01-01&to=2999-01-01`, { headers: { ...headers, cookie: pays } });
    const reader = answer.body.getReader();
    let [first, bytes] = [0, 0];
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      first ||= performance.now() - began;
      bytes += value.length;
    }
    return { first, bytes, whole: performance.now() - began };
  };
  await stated();
  const [lean, statement] = [highest(), await stated()];
  notes.push(`a statement of 100,000 lines: first byte after ${statement.first.toFixed(0)} ms, ${(statement.bytes / 1e6).toFixed(1)} MB in ${(statement.whole / 1000).toFixed(1)} s, memory ${lean.toFixed(0)} → ${highest().toFixed(0)} MB`);
  sql(documents('BENCHMANY', 1, many) + 'ANALYZE invoices; VACUUM invoices');
  const kept = sql(`SELECT count(*) FROM invoices WHERE account_id = ${payer}`);
  await page(`invoices, page 1 of ${kept}`, '/invoices?show=all', pays);
  await page('invoices, page 1,000', `/invoices?show=all&page=1000&after=${behind('invoices', 'issued_on', payer)}`, pays);
  await page('invoices, page 1,000 by its number', '/invoices?show=all&page=1000', pays);
  await page('invoices, open ones', '/invoices', pays);

  const memory = highest();
  const least = wrk('http://127.0.0.1:3301/');
  rows.push(['(bare axum page)', least.rate.toFixed(0), least.p50, least.p99, '', '', '', '', '']);
  const pgbench = ['/usr/lib/postgresql/15/bin/pgbench', 'pgbench'].find((p) => { try { execFileSync(p, ['--version']); return true; } catch { return false; } });
  if (pgbench) {
    const select = '/tmp/buyerdesk-bench.sql';
    writeFileSync(select, 'SELECT name FROM products WHERE sku = \'' + sku + '\';\n');
    const out = execFileSync(pgbench, ['-n', '-M', 'prepared', '-c8', '-j1', `-T${seconds}`, '-f', select, env.BENCH_PSQL_URL], { stdio: ['ignore', 'pipe', 'ignore'] }).toString();
    rows.push(['(pgbench, one row by key)', Number(out.match(/tps = ([\d.]+)/)[1]).toFixed(0), '', '', '', '', '', '1.0', '']);
  }
  const head = ['what', 'requests/s', 'p50', 'p99', 'p50 alone', 'CPU-ms', 'CPU-ms alone', 'SQL', 'bytes (brotli)'];
  console.log(`| ${head.join(' | ')} |\n|${head.map((_, i) => (i ? '---:|' : '---|')).join('')}`);
  for (const row of rows) console.log(`| ${row.join(' | ')} |`);
  for (const note of notes) console.log(`\n${note}`);
  console.log(`\nserver memory, highest: ${browsing.toFixed(0)} MB by the pages above, ${memory.toFixed(0)} MB in the end; requests/s, p50, p99 and CPU-ms (server + PostgreSQL) with 8 connections by wrk on the same machine; 'alone' with one; SQL without BEGIN/SET LOCAL/COMMIT; 100 rules add ${(withRules - without).toFixed(2)} ms to a submission`);
} finally {
  server.kill();
  bare.kill();
}
