#!/usr/bin/env bash
# @shopify/theme-currency 4.1.1: `formatMoney(price, format)` takes cents, or a text in dollars ("3.00 dollars", says its source), and
# the money format of a shop. Two everyday cases give a wrong price, and no error:
# 1. From a text the point is taken out, and the rest are cents. The Storefront API of Shopify has texts such as "25.0" as amounts,
#    and this becomes 2.50, a tenth; "20" becomes 0.20. Only texts with two decimals are right.
# 2. Of the eight money formats in Shopify's help, the four with an apostrophe or spaces, as in Switzerland, Sweden and France, are
#    not known. The price is left out: "CHF " and " kr".
# Expected: 25.00, and a price in each format, or an error for a format that is not known.
set -euo pipefail
cd "$(mktemp -d)"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund @shopify/theme-currency@4.1.1
cat >run.cjs <<'JS'
const assert = require('node:assert/strict');
const { formatMoney } = require('@shopify/theme-currency');

const texts = Object.fromEntries([2500, '25.00', '25.0', '20'].map((price) => [`${typeof price} ${price}`, formatMoney(price, '${{amount}}')]));
const formats = [
  '${{amount}}',
  '{{amount_with_comma_separator}} €',
  'CHF {{amount_with_apostrophe_separator}}',
  '{{amount_no_decimals_with_space_separator}} kr',
  '{{amount_with_space_separator}} €',
  '{{amount_with_period_and_space_separator}} $',
];
const shown = Object.fromEntries(formats.map((format) => [format, formatMoney(123456, format)]));
console.log({ texts, shown });
assert.deepEqual(texts, { 'number 2500': '$25.00', 'string 25.00': '$25.00', 'string 25.0': '$2.50', 'string 20': '$0.20' });
assert.deepEqual(Object.values(shown), ['$1,234.56', '1.234,56 €', 'CHF ', ' kr', ' €', ' $']);
JS
node run.cjs
