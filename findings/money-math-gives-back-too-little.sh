#!/usr/bin/env bash
# money-math 2.6.3, which reckons with amounts as text: a result below zero is cut towards zero, and where it should be rounded
# a cent is added, away from the right one. So 20 % of 19.97 are 3.99, and of a refund of -19.97 they are -3.98; two thirds of
# -1.00 are -0.65. A shop pays back too little tax, and a charge and its refund do not cancel each other out.
# Expected: -3.99 and -0.67, or at least less than a cent from the exact result, as every way of rounding is.
set -euo pipefail
cd "$(mktemp -d)"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund money-math@2.6.3
cat >run.cjs <<'JS'
const assert = require('node:assert/strict');
const money = require('money-math');

const seen = {
  '20 % of 19.97': money.percent('19.97', '20.00'),
  '20 % of -19.97': money.percent('-19.97', '20.00'),
  '2.00 / 3.00': money.div('2.00', '3.00'),
  '-2.00 / 3.00': money.div('-2.00', '3.00'),
};
console.log(seen);
assert.deepEqual(Object.values(seen), ['3.99', '-3.98', '0.67', '-0.65']);

let wrong = 0;
for (let cents = 1; cents <= 1000; cents += 1) {
  const tax = money.percent(money.centsToAmount(`-${cents}`), '20.00');
  if (Math.abs(Number(tax) * 500 + cents) > 5.5) wrong += 1; // fifths of a cent
}
console.log(`20 % of -0.01 to -10.00: ${wrong} of 1000 results are more than a cent off`);
assert.equal(wrong, 400);
JS
node run.cjs
