// Drives wrk and reads /proc and pg_stat_statements: see scripts/bench.
import { execFileSync, spawn } from 'node:child_process';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';

const env = process.env;
const base = `http://${env.BUYERDESK_ADDR}`;
const imported = !!env.BENCH_DATA;
const buyer = env.BENCH_BUYER ?? (imported ? 'buyer@14646.example' : 'buyer@acme.example');
const finance = env.BENCH_FINANCE ?? (imported ? 'finance@14646.example' : 'finance@acme.example');
const sku = env.BENCH_SKU ?? (imported ? '23110' : 'GL-CUT-D-9');
const password = 'buyerdesk-demo-2026';
const seconds = Number(env.BENCH_SECONDS ?? 8);
const ticks = Number(execFileSync('getconf', ['CLK_TCK']));

const sql = (query) => execFileSync('psql', [env.BENCH_PSQL_URL, '-Atqc', query]).toString().trim();
const cpuOf = (pid) => {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
  return (Number(fields[11]) + Number(fields[12])) / ticks;
};
const postmaster = readFileSync(`${env.BENCH_PGDATA}/postmaster.pid`, 'utf8').split('\n')[0];
const postgresCpu = () => {
  let sum = 0;
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
const brotli = (data) => execFileSync('brotli', ['-c', '-q', '5'], { input: data }).length;

const rows = [];
const wrk = (url, cookie, connections = 8) => {
  const out = execFileSync('wrk', ['-t1', `-c${connections}`, `-d${seconds}s`, '--latency', '-H', 'accept: text/html', ...(cookie ? ['-H', `cookie: ${cookie}`] : []), url]).toString();
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

  const page = async (name, path, cookie) => {
    const answer = await fetch(base + path, { headers: { ...headers, cookie } });
    const html = Buffer.from(await answer.arrayBuffer());
    if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
    const result = wrk(base + path, cookie); // warms, too
    // What a request costs is counted with one at a time: two threads of one core slow each other down.
    const [calls, own, pg] = [statements(), cpuOf(server.pid), postgresCpu()];
    const alone = wrk(base + path, cookie, 1);
    const per = (n) => n / alone.count;
    rows.push([name, result.rate.toFixed(0), alone.p50, result.p50, result.p99, per((cpuOf(server.pid) - own) * 1000).toFixed(2), per((postgresCpu() - pg) * 1000).toFixed(2), per(statements() - calls).toFixed(1), String(brotli(html))]);
  };
  await page('catalog page, 24 prices', '/catalog', buys);
  await page('category page', imported ? '/catalog/lighting' : '/catalog/packaging', buys);
  await page('product page', `/products/${sku}`, buys);
  await page('search, words', imported ? '/search?q=red+heart' : '/search?q=tape', buys);
  await page('catalog by own price', '/catalog?sort=price', buys);
  await page('order history, 25', '/orders', buys);
  await page('invoice list, 25', '/invoices?show=all', pays);

  // Submits, one at a time; the statements of every twentieth are counted.
  const post = async (path, form) => fetch(base + path, { method: 'POST', body: new URLSearchParams(form), headers: { ...headers, cookie: buys }, redirect: 'manual' });
  const add = async () => { const a = await post('/api/cart/add', { sku, quantity: '1', back: '/cart' }); if (a.status !== 302) throw new Error(`add: ${a.status}`); };
  sql("UPDATE stock SET on_hand = 900000; UPDATE credit_limits SET credit_limit = NULL; UPDATE accounts SET order_minimum = NULL; UPDATE products SET min_quantity = 1, quantity_multiple = 1");
  sql('DELETE FROM cart_lines');
  const n = 200;
  const [calls, own, pg] = [statements(), cpuOf(server.pid), postgresCpu()];
  for (let i = 0; i < n; i++) await add();
  const adding = { calls: statements() - calls, own: cpuOf(server.pid) - own, pg: postgresCpu() - pg };
  sql('DELETE FROM cart_lines');
  const times = [];
  let submitting = 0;
  for (let i = 0; i < n; i++) {
    await add();
    const html = await (await fetch(`${base}/checkout`, { headers: { ...headers, cookie: buys } })).text();
    const value = (name) => html.match(new RegExp(`name="${name}"[^>]*value="([^"]*)"`))?.[1] ?? '';
    const form = { order_id: value('order_id'), total: value('total'), po_number: 'BENCH', ship_to: html.match(/<option[^>]*value="([0-9a-f-]{36})"/)?.[1] ?? '', partial_delivery: 'true' };
    const before = i % 20 === 0 ? statements() : 0;
    const began = performance.now();
    const answer = await post('/api/cart/submit', form);
    times.push(performance.now() - began);
    if (!(answer.headers.get('location') ?? '').startsWith('/orders/')) throw new Error(`submit: ${answer.status} ${answer.headers.get('location')}`);
    if (i % 20 === 0) submitting += statements() - before;
  }
  times.sort((a, b) => a - b);
  const ms = (t) => `${t.toFixed(2)}ms`;
  rows.push(['submit, one line, one at a time', (1000 / (times.reduce((a, b) => a + b) / n)).toFixed(0), ms(times[n / 2]), '', ms(times[Math.floor(n * 0.99)]), '', '', (submitting / (n / 20)).toFixed(1), '']);
  rows.push(['add to cart', '', '', '', '', (adding.own * 1000 / n).toFixed(2), (adding.pg * 1000 / n).toFixed(2), (adding.calls / n).toFixed(1), '']);

  const memory = readFileSync(`/proc/${server.pid}/status`, 'utf8').match(/VmHWM:\s+(\d+)/)[1] / 1024;
  const least = wrk('http://127.0.0.1:3301/');
  rows.push(['(bare axum page)', least.rate.toFixed(0), '', least.p50, least.p99, '', '', '', '']);
  const pgbench = ['/usr/lib/postgresql/15/bin/pgbench', 'pgbench'].find((p) => { try { execFileSync(p, ['--version']); return true; } catch { return false; } });
  if (pgbench) {
    const select = '/tmp/buyerdesk-bench.sql';
    writeFileSync(select, 'SELECT name FROM products WHERE sku = \'' + sku + '\';\n');
    const out = execFileSync(pgbench, ['-n', '-M', 'prepared', '-c8', '-j1', `-T${seconds}`, '-f', select, env.BENCH_PSQL_URL], { stdio: ['ignore', 'pipe', 'ignore'] }).toString();
    rows.push(['(pgbench, one row by key)', Number(out.match(/tps = ([\d.]+)/)[1]).toFixed(0), '', '', '', '', '', '1.0', '']);
  }
  const head = ['what', 'requests/s', 'p50 alone', 'p50', 'p99', 'server CPU-ms', 'Postgres CPU-ms', 'SQL', 'bytes (brotli)'];
  console.log(`| ${head.join(' | ')} |\n|${head.map((_, i) => (i ? '---:|' : '---|')).join('')}`);
  for (const row of rows) console.log(`| ${row.join(' | ')} |`);
  console.log(`\nserver memory, highest: ${memory.toFixed(0)} MB; requests/s, p50 and p99 with 8 connections by wrk on the same machine; CPU, SQL and 'alone' with one; SQL without BEGIN/SET LOCAL/COMMIT`);
} finally {
  server.kill();
  bare.kill();
}
