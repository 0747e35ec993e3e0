#!/usr/bin/env bash
# barcoder 2.0.1, which validates GTINs: numbers of 9 and 11 digits with a right check digit are valid, though a GTIN has 8,
# 12, 13 or 14. So a UPC-A whose leading zero a spreadsheet dropped passes, and a product feed with it is refused elsewhere. And
# since it counts digits after parseInt, a GTIN-8 that begins with 0, as numbers of a shop's own do, is invalid, as is one of 14
# digits that begins with seven zeros.
# Expected, and as gtin 1.0.2 has it: 8, 12, 13 and 14 digits, leading zeros included.
set -euo pipefail
cd "$(mktemp -d)"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund barcoder@2.0.1 gtin@1.0.2
cat >run.cjs <<'JS'
const assert = require('node:assert/strict');
const barcoder = require('barcoder');
const gtin = require('gtin');

const codes = [
  ['GTIN-13', '4006381333931'],
  ['GTIN-12', '012345678905'],
  ['GTIN-12 without its leading zero', '12345678905'],
  ['GTIN-8', '96385074'],
  ['GTIN-8 that begins with 0', '02345673'],
  ['the same as GTIN-14', '00000002345673'],
  ['9 digits', '963850740'.replace(/.$/, () => String(gtinDigit('96385074')))],
];

function gtinDigit(digits) {
  const sum = [...digits].reverse().reduce((total, digit, index) => total + Number(digit) * (index % 2 ? 1 : 3), 0);
  return (10 - (sum % 10)) % 10;
}

const seen = codes.map(([name, code]) => [name, code, barcoder.validate(code), gtin.isGTIN(code) && gtin.isValid(code)]);
for (const [name, code, byBarcoder, byGtin] of seen) console.log(name.padEnd(34), code.padEnd(14), 'barcoder:', byBarcoder, 'gtin:', byGtin);
assert.deepEqual(seen.map(([, , byBarcoder]) => byBarcoder), [true, true, true, true, false, false, true]);
assert.deepEqual(seen.map(([, , , byGtin]) => byGtin), [true, true, false, true, true, true, false]);
JS
node run.cjs
