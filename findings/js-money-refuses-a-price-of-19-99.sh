#!/usr/bin/env bash
# js-money 0.6.3, which keeps amounts as whole cents: `Money.fromDecimal(19.99, Money.EUR)` throws "Amount must be an integer", and
# so do 1,146 of the 9,999 prices from 0.01 to 99.99. It multiplies by 100 in binary floating point (1998.9999999999998) and
# expects a whole number, unless a way of rounding is named, which its README shows only for amounts with more decimals than the
# currency has. So a shop works until somebody buys for 1.10, 4.35 or 19.99.
# Expected: every amount that has the currency's two decimals is taken.
set -euo pipefail
cd "$(mktemp -d)"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund js-money@0.6.3
cat >run.mjs <<'JS'
import assert from 'node:assert/strict';
import Money from 'js-money';

const { EUR } = Money;
const isTaken = (price, ...rounding) => {
  try {
    return Money.fromDecimal(price, EUR, ...rounding).amount === Math.round(price * 100);
  } catch (error) {
    assert.equal(error.message, 'Amount must be an integer');
    return false;
  }
};
const prices = Array.from({ length: 9_999 }, (_, index) => Number(((index + 1) / 100).toFixed(2)));
const refused = prices.filter((price) => !isTaken(price));
console.log(`${refused.length} of ${prices.length} prices are refused:`, refused.slice(0, 8), '…');
assert.equal(refused.length, 1_146);
for (const price of [0.07, 1.1, 4.35, 19.99]) assert.ok(refused.includes(price), `${price}`);
assert.ok(prices.every((price) => isTaken(price, 'round')));
JS
node run.mjs
