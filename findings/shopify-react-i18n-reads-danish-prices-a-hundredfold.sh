#!/usr/bin/env bash
# @shopify/react-i18n 7.14.0: `unformatCurrency` turns a localized amount into a number, by its README, but in Danish what
# `formatCurrency` wrote comes back a hundredfold below 1,000 kroner: "19,90 kr." is 1990.00. It takes a text with a single dot and at
# most two digits behind it for an English number, and the only dot is that of "kr.". Dirhams of the Emirates and riyals of Saudi
# Arabia, whose Arabic signs end with a dot, come back so in any amount. The form of a shop's admin stores 1,990 kroner where
# 19.90 were shown.
# Expected: the amount that was written, as in the other currencies below, and as for 1.234,50 kr., which has two dots.
set -euo pipefail
cd "$(mktemp -d)"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund @shopify/react-i18n@7.14.0 react@18.3.1 react-dom@18.3.1
cat >run.cjs <<'JS'
const assert = require('node:assert/strict');
const { I18n } = require('@shopify/react-i18n');

function back(locale, currency, amount) {
  const i18n = new I18n([], { locale, currency });
  const text = i18n.formatCurrency(amount, { currency, form: 'short' });
  return [text, i18n.unformatCurrency(text, currency)];
}

const seen = [
  back('da', 'DKK', 19.9),
  back('da', 'DKK', 1234.5),
  back('ar', 'AED', 19.9),
  back('ar', 'SAR', 1234.5),
  back('de', 'EUR', 19.9),
  back('sv', 'SEK', 19.9),
  back('nb', 'NOK', 19.9),
];
console.log(seen);
assert.deepEqual(
  seen.map(([, amount]) => amount),
  ['1990.00', '1234.50', '1990.00', '123450.00', '19.90', '19.90', '19.90'],
);
JS
node run.cjs
