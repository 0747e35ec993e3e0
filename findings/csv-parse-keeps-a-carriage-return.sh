#!/usr/bin/env bash
# csv-parse 7.0.3 uses the end of the first line as the end of all lines. When the header line has another line end than
# the rows (an export that was edited on another system), the last column of each row keeps a carriage return, without an
# error. Expected of "name,price\\nLamp,24.50\\r\\n": 24.50. Seen: 24.50 with a trailing carriage return.
# record_delimiter: ['\\r\\n', '\\n', '\\r'] avoids it.
set -euo pipefail
cd "$(mktemp -d)"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund csv-parse@7.0.3
cat >run.mjs <<'JS'
import assert from 'node:assert/strict';
import { parse } from 'csv-parse/sync';

const file = 'name,price\nLamp,24.50\r\nDesk,489.00\r\n';
const asItComes = parse(file, { columns: true });
console.log('as it comes:', JSON.stringify(asItComes));
assert.equal(asItComes[0].price, '24.50\r');
const cured = parse(file, { columns: true, record_delimiter: ['\r\n', '\n', '\r'] });
console.log('with record_delimiter:', JSON.stringify(cured));
assert.equal(cured[0].price, '24.50');
JS
node run.mjs
