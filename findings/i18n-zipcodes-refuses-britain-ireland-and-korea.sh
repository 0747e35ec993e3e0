#!/usr/bin/env bash
# i18n-zipcodes 1.0.3, which checks the postcodes of 116 countries: British ones are refused with their space and in small letters
# (SW1A 2AA, sw1a2aa), so as people write them; only SW1A2AA passes. Irish ones are all refused, since it knows the districts of
# Dublin and no Eircode (2015), and Korean ones too, since it wants six digits, which ended in 2015. Dutch and Canadian ones pass with
# and without the space. A shop that checks addresses with it has no customers in these three countries, though it lists them.
# Expected: all of these are valid, as in postal-codes-js 2.5.2. Formats by Royal Mail, Eircode and the UPU.
set -euo pipefail
cd "$(mktemp -d)"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund i18n-zipcodes@1.0.3 postal-codes-js@2.5.2
cat >run.cjs <<'JS'
const assert = require('node:assert/strict');
const i18nZipcodes = require('i18n-zipcodes');
const { validate } = require('postal-codes-js');

const codes = {
  gb: ['SW1A 2AA', 'M1 1AE', 'BT1 5GS', 'sw1a2aa', 'SW1A2AA'],
  ie: ['D02 AF30', 'D02AF30', 'A65 F4E2'],
  kr: ['04524', '06164'],
  nl: ['1012 AB', '1012AB'],
  ca: ['K1A 0B1', 'K1A0B1'],
};
const taken = (isValid) =>
  Object.fromEntries(Object.entries(codes).map(([country, all]) => [country, all.filter((code) => isValid(country, code) === true)]));
const seen = taken(i18nZipcodes);
console.log(seen);
assert.deepEqual(seen, { ...codes, gb: ['SW1A2AA'], ie: [], kr: [] });
assert.deepEqual(taken(validate), codes);
JS
node run.cjs
