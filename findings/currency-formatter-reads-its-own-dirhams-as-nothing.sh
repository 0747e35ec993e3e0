#!/usr/bin/env bash
# currency-formatter 1.5.9: `unformat` takes back what `format` wrote, except where the sign of the currency has a dot in it, since
# it keeps that dot as the decimal one. 1,234.50 dirham of the Emirates, pounds of Egypt or dinars of Kuwait come back as 0, soles of
# Peru ("S/. 1,234.50") as 0.1234, and 1.235 dong of Vietnam as 1.235. A shop there that reads the price of a form so
# sells for nothing. No error.
# Expected: the amount that was written, as for 146 other currencies.
set -euo pipefail
cd "$(mktemp -d)"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund currency-formatter@1.5.9
cat >run.cjs <<'JS'
const assert = require('node:assert/strict');
const { currencies, format, unformat } = require('currency-formatter');

const codes = currencies.map(({ code }) => code);
const back = (code) => unformat(format(1234.5, { code }), { code });
const wrong = codes.filter((code) => Math.abs(back(code) - 1234.5) > 0.5); // some have no decimals
for (const code of wrong) console.log(code, format(1234.5, { code }), 'is read as', back(code));
console.log(`${codes.length - wrong.length} others come back`);
const zero = ['AED', 'BHD', 'DZD', 'EGP', 'IQD', 'JOD', 'KWD', 'LBP', 'LYD', 'MAD', 'TND'];
assert.deepEqual(wrong.filter((code) => back(code) === 0), zero);
assert.deepEqual(wrong.filter((code) => back(code) === 0.1234), ['BTN', 'HNL', 'PAB', 'PEN', 'VEB']);
assert.equal(back('VND'), 1.235);
JS
node run.cjs
