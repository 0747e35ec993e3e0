#!/usr/bin/env bash
# country-currency-map 2.1.7, whose README calls it a mapping of countries and their primary currency: that of 91 countries is USD
# where ISO 4217 has another, among them Korea, Romania, Turkey, Ukraine, Chile, Peru, Slovakia, Latvia and Lithuania. A country that
# it does not know has none. A shop that takes the currency of a customer from it asks 20,000 dollars instead of 20,000 won.
# Expected: the currency of ISO 4217, which country-to-currency 3.0.1 has for each of them, or none.
set -euo pipefail
cd "$(mktemp -d)"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund country-currency-map@2.1.7 country-to-currency@3.0.1
cat >run.mjs <<'JS'
import assert from 'node:assert/strict';
import countries from 'country-currency-map';
import currencies from 'country-to-currency';

const { getCountryByAbbreviation, getCurrencyAbbreviation } = countries;
const wrong = Object.entries(currencies).filter(([code, currency]) => {
  const country = getCountryByAbbreviation(code);
  return country && currency !== 'USD' && getCurrencyAbbreviation(country) === 'USD';
});
console.log(`${wrong.length} are USD:`, wrong.map((entry) => entry.join(' ')).join(', '));
assert.equal(wrong.length, 91);
for (const country of ['KR KRW', 'RO RON', 'TR TRY', 'UA UAH', 'CL CLP', 'PE PEN', 'SK EUR', 'LV EUR', 'LT EUR'])
  assert.ok(wrong.some((entry) => entry.join(' ') === country), country);
assert.equal(getCurrencyAbbreviation('Norway'), 'NOK');
assert.equal(getCurrencyAbbreviation('Atlantis'), undefined);
JS
node run.mjs
