#!/usr/bin/env node
// What cargo-deny would check with deny.toml, for those who have not installed it: crates that we do not want, licences
// outside the list, sources other than the crate registry. The lists are read from deny.toml.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const config = readFileSync('deny.toml', 'utf8');
/** The quoted words of one list in deny.toml. */
function list(key) {
  const body = config.match(new RegExp(`^${key} = \\[([^\\]]*)\\]`, 'm'))?.[1];
  if (body === undefined) throw new Error(`deny.toml has no list '${key}'`);
  return body.replace(/#.*$/gm, '').match(/"[^"]*"/g)?.map((word) => word.slice(1, -1)) ?? [];
}
const allowed = new Set(list('allow'));
const banned = new Set(list('deny'));

/** Does a licence expression (SPDX) hold with the allowed licences alone? */
function holds(expression) {
  const tokens = expression.replaceAll('/', ' OR ').match(/\(|\)|[^\s()]+/g) ?? [];
  let at = 0;
  const any = () => {
    let good = all();
    while (tokens[at] === 'OR') { at += 1; good = all() || good; }
    return good;
  };
  const all = () => {
    let good = one();
    while (tokens[at] === 'AND') { at += 1; good = one() && good; }
    return good;
  };
  const one = () => {
    if (tokens[at] === '(') { at += 1; const good = any(); at += 1; return good; }
    let name = tokens[at++];
    if (tokens[at] === 'WITH') { name += ` WITH ${tokens[at + 1]}`; at += 2; }
    return allowed.has(name);
  };
  return any() && at === tokens.length;
}

const metadata = JSON.parse(
  execFileSync('cargo', ['metadata', '--format-version=1', '--locked'], { maxBuffer: 1 << 28, stdio: ['ignore', 'pipe', 'inherit'] }),
);
const faults = [];
for (const crate of metadata.packages) {
  const name = `${crate.name} ${crate.version}`;
  if (banned.has(crate.name)) faults.push(`${name}: not wanted here (deny.toml)`);
  if (crate.source === null) continue; // ours
  if (crate.source.startsWith('git+')) faults.push(`${name}: comes from a git repository`);
  if (!crate.license && !crate.license_file) faults.push(`${name}: says nothing about its licence`);
  if (crate.license && !holds(crate.license)) faults.push(`${name}: licence ${crate.license} is not in deny.toml`);
}
for (const fault of faults) console.error(`✗ ${fault}`);
if (faults.length > 0) process.exit(1);
console.error(`• ${metadata.packages.length} packages, nothing unwanted among them`);
