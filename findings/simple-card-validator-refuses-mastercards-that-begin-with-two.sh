#!/usr/bin/env bash
# simple-card-validator 1.1.0, which checks the number of a card before it is sent: those of Mastercard that begin with 222100 to
# 272099 are of an "unknown" type and invalid. Mastercard has issued them since 2017. A shop refuses these cards, with the words that
# it has for a mistyped number.
# Expected: Mastercard and valid, as the other range, 51 to 55, and as in its fork @juspay/simple-card-validator 1.2.3.
set -euo pipefail
cd "$(mktemp -d)"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund simple-card-validator@1.1.0 @juspay/simple-card-validator@1.2.3
cat >run.cjs <<'JS'
const assert = require('node:assert/strict');
const fork = require('@juspay/simple-card-validator');
const original = require('simple-card-validator');

/** A number of 16 digits with its check digit (Luhn, ISO/IEC 7812-1). */
function numbered(first) {
  const digits = first.padEnd(15, '0');
  const sum = [...digits].reduce((total, digit, index) => {
    const value = Number(digit) * (index % 2 === 0 ? 2 : 1);
    return total + (value > 9 ? value - 9 : value);
  }, 0);
  return `${digits}${(10 - (sum % 10)) % 10}`;
}

const first = ['510000', '559999', '222100', '250000', '272099'];
const judged = (validator) => first.map((digits) => (validator.default ?? validator)(numbered(digits)).getCardDetails());
const seen = { original: judged(original), fork: judged(fork) };
console.log(first.map((digits, index) => [digits, seen.original[index].card_type, seen.fork[index].card_type]));
assert.deepEqual(seen.original.map(({ valid }) => valid), [true, true, false, false, false]);
assert.deepEqual(seen.original.map(({ card_type: type }) => type), ['mastercard', 'mastercard', 'unknown', 'unknown', 'unknown']);
assert.ok(seen.fork.every(({ card_type: type, valid }) => type === 'mastercard' && valid));
JS
node run.cjs
