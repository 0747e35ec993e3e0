#!/usr/bin/env bash
# @dintero/money 1.1.12: `Money.fromLocaleString` reads what `toLocaleString` wrote, except that in Norwegian, Swedish, Finnish,
# Lithuanian, Estonian, Slovenian and Croatian a negative amount becomes a positive one. These languages write the minus sign of
# Unicode (U+2212), which Intl.NumberFormat uses as CLDR says, and the reader drops all but digits, the decimal sign and the hyphen.
# A refund of 1 234,50 kr that is typed or imported so is a charge, without an error.
# Expected: the negative amount, or an error. Danish, German and English write a hyphen and come back.
set -euo pipefail
cd "$(mktemp -d)"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund @dintero/money@1.1.12
cat >run.cjs <<'JS'
const assert = require('node:assert/strict');
const { Money } = require('@dintero/money');

const refund = Money.of('-1234.50', 'NOK');
const back = (locale) => Money.fromLocaleString(refund.toLocaleString(locale), 'NOK', locale).toString();
const locales = ['no-NB', 'nb-NO', 'sv-SE', 'fi-FI', 'lt-LT', 'et-EE', 'sl-SI', 'hr-HR', 'da-DK', 'de-DE', 'en-GB'];
for (const locale of locales) console.log(locale, refund.toLocaleString(locale), 'is read as', back(locale));
assert.deepEqual(locales.filter((locale) => back(locale) === '1234.50'), locales.slice(0, 8));
assert.deepEqual(locales.filter((locale) => back(locale) === '-1234.50'), locales.slice(8));
JS
node run.cjs
