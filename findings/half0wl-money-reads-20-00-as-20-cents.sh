#!/usr/bin/env bash
# @half0wl/money 1.0.2: `Money.fromString('EUR', '20.50')` is 20.50, but `Money.fromString('EUR', '20.00')` is 0.20: the text is
# parsed to a number first, 20, and a whole number counts as cents. Its documentation says so of texts without decimals ('8000' are
# 80 euros); a text with a decimal point becomes one of them whenever its cents are zero. So every round price of a list of prices
# with two decimals is read as a hundredth of itself: 99 of the 9,999 from 0.01 to 99.99.
# Expected: an amount with decimals is read as one, whatever they are.
set -euo pipefail
cd "$(mktemp -d)"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund @half0wl/money@1.0.2
cat >run.cjs <<'JS'
const assert = require('node:assert/strict');
const { Money } = require('@half0wl/money');

const cents = (text) => Money.fromString('EUR', text).getAmount();
for (const text of ['19.99', '20.00', '20.50', '2000']) console.log(text, Money.fromString('EUR', text).toLocaleString('en'));
assert.deepEqual(['19.99', '20.00', '20.50', '2000'].map(cents), [1999, 20, 2050, 2000]);
const prices = Array.from({ length: 9_999 }, (_, index) => index + 1);
const wrong = prices.filter((price) => cents((price / 100).toFixed(2)) !== price);
console.log(`${wrong.length} of ${prices.length} prices are read as a hundredth`);
assert.deepEqual(wrong, Array.from({ length: 99 }, (_, index) => 100 * (index + 1)));
JS
node run.cjs
