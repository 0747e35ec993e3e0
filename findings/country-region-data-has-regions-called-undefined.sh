#!/usr/bin/env bash
# country-region-data 4.1.0, countries and regions for the fields of an address: a region for which its source has no code has
# the text "undefined" as its code. A shop that saves codes, as carriers want them, so writes "undefined" on every address in
# Guadeloupe, Martinique, French Guiana, Réunion, Polynesia, New Caledonia, Puerto Rico and 24 more; the twelve regions of the
# Cook Islands share it, though the README guarantees that codes differ within a country.
# Expected: no code, as in its data.json, where the property is missing. A form can see that.
set -euo pipefail
cd "$(mktemp -d)"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund country-region-data@4.1.0
cat >run.cjs <<'JS'
const assert = require('node:assert/strict');
const { allCountries } = require('country-region-data');
const source = require('country-region-data/data.json');

const unnamed = allCountries.flatMap(([, country, regions]) =>
  regions.filter(([, code]) => code === 'undefined').map(([region]) => ({ country, region })),
);
const countries = [...new Set(unnamed.map(({ country }) => country))];
const missing = source.flatMap(({ regions }) => regions.filter((region) => !('shortCode' in region)));
console.log(`${unnamed.length} regions of ${countries.length} countries have the code "undefined":`, countries.join(' '));
console.log(`regions without a code in data.json: ${missing.length}`);
assert.deepEqual([unnamed.length, countries.length, missing.length], [178, 31, 178]);
for (const country of ['GP', 'MQ', 'GF', 'RE', 'PF', 'NC', 'PR']) assert.ok(countries.includes(country));
JS
node run.cjs
