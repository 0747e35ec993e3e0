#!/usr/bin/env bash
# csvjson 5.1.0: told that fields may be in quotes, it reads a name with doubled quotes as nothing, and where a comma is in it as well
# or a line feed, the columns behind it are empty. It writes "Lamp, big" with a tab in place of the comma, and a line feed as a tab
# too; with `wrap` it leaves quotes as they are, and reads its own file without the price. A shop that imports its products so has
# them without names and prices. No error.
# Expected: RFC 4180, section 2: commas, line feeds and doubled quotes are parts of a quoted field, as csv-string 4.1.1 reads them.
set -euo pipefail
cd "$(mktemp -d)"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund csvjson@5.1.0 csv-string@4.1.1
cat >run.cjs <<'JS'
const assert = require('node:assert/strict');
const CSV = require('csv-string');
const { toCSV, toObject } = require('csvjson');

const read = (text) => toObject(text, { quote: '"' }).map(Object.values);
const file = (field) => `sku,name,price\n1,${field},19.90\n`;
const fields = ['"Lamp, big"', '"Lamp ""big"""', '"Lamp, ""big"""', '"Lamp\nbig"'];
const seen = Object.fromEntries(fields.map((field) => [field, read(file(field))]));
console.log(seen, JSON.stringify(toCSV([{ name: 'Lamp, big' }, { name: 'Lamp\nbig' }], { headers: 'key' })));
assert.deepEqual(Object.values(seen), [
  [['1', 'Lamp, big', '19.90']],
  [['1', '', '19.90']],
  [['1', 'Lamp', '']],
  [['1', 'Lamp', ''], ['', '19.90', '']],
]);
for (const field of fields) assert.equal(CSV.parse(file(field))[1][2], '19.90');
assert.equal(toCSV([{ name: 'Lamp, big' }, { name: 'Lamp\nbig' }], { headers: 'key' }), 'name\nLamp\t big\nLamp\tbig');
assert.deepEqual(read(toCSV([{ sku: '1', name: 'Lamp, "big"', price: '19.90' }], { headers: 'key', wrap: true })), [['1', 'Lamp', '']]);
JS
node run.cjs
