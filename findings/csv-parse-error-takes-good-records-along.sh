#!/usr/bin/env bash
# csv-parse 7.0.3, read by `for await` as its documentation shows: when a later line is invalid, the error comes before
# records that were already parsed. They are in the stream's buffer, which the error discards. Expected of three valid
# records and an unclosed quote: three records, then CSV_QUOTE_NOT_CLOSED. Seen: the error at once and no record, so the
# line after the last received record is not the invalid one. on_record is called for each record before the error.
set -euo pipefail
cd "$(mktemp -d)"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund csv-parse@7.0.3
cat >run.mjs <<'JS'
import assert from 'node:assert/strict';
import { parse } from 'csv-parse';

const called = [];
const parser = parse('1,2\n3,4\n5,6\n"x,1\n', { on_record: (record) => (called.push(record), record) });
const came = [];
let code;
try {
  for await (const record of parser) came.push(record);
} catch (error) {
  code = error.code;
}
console.log(code, 'after', came.length, 'records by for await,', called.length, 'by on_record');
assert.equal(code, 'CSV_QUOTE_NOT_CLOSED');
assert.equal(called.length, 3);
assert.equal(came.length, 0);
JS
node run.mjs
