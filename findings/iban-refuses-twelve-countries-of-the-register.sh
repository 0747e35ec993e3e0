#!/usr/bin/env bash
# iban 0.0.14 and iban-ts 0.11.0, which check account numbers by country: those of Burundi, Djibouti, the Falkland Islands, Honduras,
# Libya, Mongolia, Nicaragua, Oman, Russia, Somalia, Sudan and Yemen are invalid, like a mistyped one. All of them are in the IBAN
# Registry of SWIFT, which countries have joined since. A shop cannot pay back a customer in Oman.
# Expected: valid, as in ibantools 4.5.4.
set -euo pipefail
cd "$(mktemp -d)"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund iban@0.0.14 iban-ts@0.11.0 ibantools@4.5.4
cat >run.mjs <<'JS'
import assert from 'node:assert/strict';
import IBAN from 'iban';
import { isValid } from 'iban-ts';
import { isValidIBAN } from 'ibantools';

const examples = `BI4210000100010000332045181 DJ2100010000000154000100186 FK88SC123456789012 HN88CABF00000000000250005469
  LY83002048000020100120361 MN121234123456789123 NI45BAPR00000013000003558124 OM810180000001299123456
  RU0304452522540817810538091310419 SD2129010501234001 SO211000001001000100141 YE15CBYE0001018861234567891234
  DE89370400440532013000`.split(/\s+/);
const valid = (isValidNumber) => examples.filter((iban) => isValidNumber(iban)).map((iban) => iban.slice(0, 2));
const seen = { iban: valid(IBAN.isValid), 'iban-ts': valid(isValid), ibantools: valid(isValidIBAN) };
console.log('valid by', seen);
assert.deepEqual(seen, { iban: ['DE'], 'iban-ts': ['DE'], ibantools: examples.map((iban) => iban.slice(0, 2)) });
JS
node run.mjs
