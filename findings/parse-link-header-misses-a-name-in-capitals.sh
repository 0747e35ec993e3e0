#!/usr/bin/env bash
# parse-link-header 2.0.0, by which clients of paged lists find the next page (RFC 8288): a parameter named `Rel` is not
# read, so the link is missing and the list seems to end; and the last of two `rel` parameters is used.
# Expected: parameter names are case-insensitive (appendix B.3, step 2.10), and a second `rel` is ignored (section 3.3), as
# in http-link-header 1.1.4 for the first point.
set -euo pipefail
cd "$(mktemp -d)"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund parse-link-header@2.0.0 http-link-header@1.1.4
cat >run.cjs <<'JS'
const assert = require('node:assert/strict');
const parse = require('parse-link-header');
const LinkHeader = require('http-link-header');

const plain = '<https://shop.example/products?page=2>; rel="next"';
const capital = '<https://shop.example/products?page=2>; Rel="next"';
const twice = '<https://shop.example/products?page=2>; rel="next"; rel="last"';
const seen = Object.fromEntries(Object.entries({ plain, capital, twice }).map(([name, header]) => [
  name,
  { 'parse-link-header': Object.keys(parse(header)), 'http-link-header': LinkHeader.parse(header).refs.map(({ rel }) => rel) },
]));
console.log(JSON.stringify(seen, null, 2));
assert.deepEqual(seen.plain, { 'parse-link-header': ['next'], 'http-link-header': ['next'] });
assert.deepEqual(seen.capital['parse-link-header'], []);
assert.deepEqual(seen.capital['http-link-header'], ['next']);
assert.deepEqual(seen.twice['parse-link-header'], ['last']);
JS
node run.cjs
