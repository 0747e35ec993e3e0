#!/usr/bin/env bash
# currency-codes 2.2.0: `country('Germany')` and `country('switzerland')` find currencies, `country('United States')`,
# `country('United Kingdom')` and `country('Netherlands')` find none: its countries have the long names of ISO 4217's list, such as
# "United States of America (The)". No error; a shop that so chooses the currency of an address has none for 52 of 250 countries
# by their English names in i18n-iso-countries (two of which, Antarctica and Palestine, have none of their own).
# Expected: the short names of ISO 3166, or its two-letter codes.
set -euo pipefail
cd "$(mktemp -d)"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund currency-codes@2.2.0 i18n-iso-countries@7.14.0
cat >run.cjs <<'JS'
const assert = require('node:assert/strict');
const currencies = require('currency-codes');
const countries = require('i18n-iso-countries');

const found = (name) => currencies.country(name).map(({ code }) => code);
const names = Object.entries(countries.getNames('en'));
const missing = names.filter(([, name]) => found(name).length === 0);
console.log(`${missing.length} of ${names.length}:`, missing.map(([code]) => code).join(' '));
assert.deepEqual(found('Germany'), ['EUR']);
for (const name of ['United States', 'United States of America', 'United Kingdom', 'Netherlands', 'US', 'GB']) {
  assert.deepEqual(found(name), [], name);
}
assert.ok(found('United States of America (The)').includes('USD'));
assert.deepEqual([missing.length, names.length], [52, 250]);
JS
node run.cjs
