#!/usr/bin/env bash
# currency.js 2.0.4, for prices that users type: separators are options and are not detected, so a German 1.234,56 is
# 1.23 and a French 1,50 is 150, without an error; and 1e3 is 13. Expected: the amount, or an error. Only a text without
# digits causes an error, and by default its value is NaN.
set -euo pipefail
cd "$(mktemp -d)"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund currency.js@2.0.4
cat >run.cjs <<'JS'
const assert = require('node:assert/strict');
const currency = require('currency.js');

const seen = Object.fromEntries(['1.234,56', '1,50', '1e3'].map((typed) => [typed, currency(typed).value]));
console.log(seen);
assert.deepEqual(seen, { '1.234,56': 1.23, '1,50': 150, '1e3': 13 });
// With the separators of the country both are right, and then 1.50 is the one that is wrong.
const german = { separator: '.', decimal: ',' };
console.log(currency('1.234,56', german).value, currency('1.50', german).value);
assert.equal(currency('1.234,56', german).value, 1234.56);
assert.equal(currency('1.50', german).value, 150);
JS
node run.cjs
