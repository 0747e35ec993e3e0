#!/usr/bin/env bash
# currency-code-map 1.0.2, a mapping of all country codes of ISO 3166 to currency codes of ISO 4217 by its README: Chile is CLF and
# Uruguay UYI. These are no money but units of account that follow prices, for rents and loans; a Chilean one is worth tens of
# thousands of pesos. Singapore is BND, the dollar of Brunei, and Macao HKD, that of Hong Kong. A shop that takes the currency of
# a customer from it asks 19,990 units for what costs 19,990 pesos, or sends a code that the payment service refuses.
# Expected: CLP, UYU, SGD and MOP, the currencies of these countries in ISO 4217's list, as country-to-currency 3.0.1 has them.
set -euo pipefail
cd "$(mktemp -d)"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund currency-code-map@1.0.2 country-to-currency@3.0.1
cat >run.mjs <<'JS'
import assert from 'node:assert/strict';
import codes from 'currency-code-map';
import currencies from 'country-to-currency';

const map = codes.default ?? codes;
const wrong = Object.keys(currencies).filter((country) => map[country] !== currencies[country]);
console.log(wrong.map((country) => `${country} ${map[country]}, not ${currencies[country]}`).join('\n'));
const seen = ['CL', 'UY', 'SG', 'MO', 'AR'].map((country) => [map[country], currencies[country]]);
assert.deepEqual(seen, [['CLF', 'CLP'], ['UYI', 'UYU'], ['BND', 'SGD'], ['HKD', 'MOP'], ['ARS', 'ARS']]);
JS
node run.mjs
