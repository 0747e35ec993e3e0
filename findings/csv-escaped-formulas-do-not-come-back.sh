#!/usr/bin/env bash
# csv-stringify 6.9.0 with escape_formulas puts an apostrophe before each phone number with a country code and each
# price below zero. csv-parse 7.0.3, its counterpart, has no option that removes it, so a shop's export changes when it is
# imported again. Expected: the same row. Seen: '+33 6 12 34 56 78 and '-5.00 with the apostrophe.
set -euo pipefail
cd "$(mktemp -d)"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund csv-stringify@6.9.0 csv-parse@7.0.3
cat >run.mjs <<'JS'
import assert from 'node:assert/strict';
import { parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';

const row = ['+33 6 12 34 56 78', '-5.00', 'Lamp'];
const [back] = parse(stringify([row], { escape_formulas: true }));
console.log(JSON.stringify(row), 'comes back as', JSON.stringify(back));
assert.deepEqual(back, ["'+33 6 12 34 56 78", "'-5.00", 'Lamp']);
JS
node run.mjs
