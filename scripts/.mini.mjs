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

const sql = (query) => execFileSync('psql', [env.BENCH_PSQL_URL, '-Atq', '-v', 'ON_ERROR_STOP=1'], { input: query }).toString().trim();
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
const brotli = (data) => execFileSync('brotli', ['-c', '-q', '5'], { input: data }).length;

const accountOf = (email) => `(SELECT m.account_id FROM members m JOIN people p ON p.id = m.person_id WHERE p.email = '${email}' LIMIT 1)`;

// Quotes are made anew by each run: those of the last were accepted.
const run = Date.now().toString(36).toUpperCase();
const rows = [];
const wrk = (url, cookie, connections = 8, during = seconds) => {
  const out = execFileSync('wrk', ['-t1', `-c${connections}`, `-d${during}s`, '--latency', '-H', 'accept: text/html', ...(cookie ? ['-H', `cookie: ${cookie}`] : []), url]).toString();
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

  const both = (own, pg) => `${own.toFixed(2)} + ${pg.toFixed(2)}`;
  const page = async (name, path, cookie) => {
    const answer = await fetch(base + path, { headers: { ...headers, cookie } });
    const html = Buffer.from(await answer.arrayBuffer());
    if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
    wrk(base + path, cookie, 8, 2); // every connection has planned its statements
    // Busy, and with one request at a time: then each of the round trips to the database wakes two idle processors.
    const measured = (connections) => {
      const [calls, own, pg] = [statements(), cpuOf(server.pid), postgresCpu()];
      const run = wrk(base + path, cookie, connections);
      const per = (n) => n / run.count;
      return { ...run, cpu: both(per((cpuOf(server.pid) - own) * 1000), per((postgresCpu() - pg) * 1000)), sql: per(statements() - calls).toFixed(1) };
    };
    const [busy, alone] = [measured(8), measured(1)];
    rows.push([name, busy.rate.toFixed(0), busy.p50, busy.p99, alone.p50, busy.cpu, alone.cpu, alone.sql, String(brotli(html))]);
  };
  await page('catalog page, 24 prices', '/catalog', buys);
  await page('category page', imported ? '/catalog/lighting' : '/catalog/packaging', buys);
  await page('product page', `/products/${sku}`, buys);
  await page('search, words', imported ? '/search?q=red+heart' : '/search?q=tape', buys);
  await page('catalog by own price', '/catalog?sort=price', buys);
  await page('suggestions, one letter', '/api/search/suggest?words=s', buys);
  await page('suggestions, two words', `/api/search/suggest?words=${imported ? 'red+hea' : 'packing+t'}`, buys);
  await page('suggestions, misspelled', `/api/search/suggest?words=${imported ? 'hangng+haert' : 'pcking+tpae'}`, buys);
  await page('order history, 25', '/orders', buys);
  if (env.BENCH_SCALE) await page('order history, page 1,000', '/orders?page=1000', buys);
  await page('invoice list, 25', '/invoices?show=all', pays);

  console.log(rows.map((r) => '| ' + r.join(' | ') + ' |').join('\n')); console.log('memory', highest());
} finally { server.kill(); bare.kill(); }
