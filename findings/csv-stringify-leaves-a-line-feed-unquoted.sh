#!/usr/bin/env bash
# csv-stringify 6.9.0 quotes a text with a line feed, except when record_delimiter is set, for example to the CR LF of
# RFC 4180: then it quotes only a text with the whole delimiter. csv-parse 7.0.3, its counterpart, and spreadsheets read
# the line feed as the end of a record. Expected of [['two\nlines', 'b']]: "two\nlines",b in both cases. Seen with
# record_delimiter '\r\n': no quotes, read back as two records. quote_record_delimiter: true avoids it.
set -euo pipefail
cd "$(mktemp -d)"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund csv-stringify@6.9.0 csv-parse@7.0.3
cat >run.mjs <<'JS'
import assert from 'node:assert/strict';
import { parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';

const rows = [['two\nlines', 'b']];
const asItComes = stringify(rows);
console.log('as it comes:', JSON.stringify(asItComes));
assert.equal(asItComes, '"two\nlines",b\n');
const delimited = stringify(rows, { record_delimiter: '\r\n' });
console.log('with record_delimiter:', JSON.stringify(delimited));
assert.equal(delimited, 'two\nlines,b\r\n');
const read = parse(delimited, { relax_column_count: true });
console.log('which is read as:', JSON.stringify(read));
assert.equal(read.length, 2);
const cured = stringify(rows, { record_delimiter: '\r\n', quote_record_delimiter: true });
console.log('with quote_record_delimiter:', JSON.stringify(cured));
assert.deepEqual(parse(cured), rows);
JS
node run.mjs
