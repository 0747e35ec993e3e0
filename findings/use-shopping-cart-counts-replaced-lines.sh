#!/usr/bin/env bash
# use-shopping-cart 3.2.0: `loadCart(stored)` merges a stored cart into the present one, unless told otherwise. A line of a product
# that is in both is replaced by the stored one, but its units and its price are still added to the totals. A guest with one lamp of
# 10.00 who signs in and has three lamps stored sees three lamps in the cart, a count of 4, and a total of 40.00. The error stays:
# after the line is removed the empty cart has a count of 1 and costs 10.00.
# Expected: four lamps, or three, and totals of the lines that are in the cart.
set -euo pipefail
cd "$(mktemp -d)"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --legacy-peer-deps use-shopping-cart@3.2.0 react@18.3.1 react-dom@18.3.1
cat >run.cjs <<'JS'
const assert = require('node:assert/strict');
const { actions, reducer } = require('use-shopping-cart/core');

const lamp = { id: 'lamp', name: 'Lamp', price: 1000, currency: 'USD' };
const cartOf = (...steps) => steps.reduce(reducer, { ...reducer(undefined, { type: 'start' }), currency: 'USD', language: 'en-US' });
const seen = (cart) => ({
  lines: Object.values(cart.cartDetails).map(({ id, quantity, value }) => `${quantity} ${id}: ${value}`),
  count: cart.cartCount,
  total: cart.formattedTotalPrice,
});

const stored = cartOf(actions.addItem(lamp, { count: 3 })).cartDetails;
const merged = cartOf(actions.addItem(lamp, { count: 1 }), actions.loadCart(stored));
const removed = reducer(merged, actions.removeItem('lamp'));
console.log({ merged: seen(merged), removed: seen(removed) });
assert.deepEqual(seen(merged), { lines: ['3 lamp: 3000'], count: 4, total: '$40.00' });
assert.deepEqual(seen(removed), { lines: [], count: 1, total: '$10.00' });
JS
node run.cjs
