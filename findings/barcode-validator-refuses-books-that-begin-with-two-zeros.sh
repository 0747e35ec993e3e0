#!/usr/bin/env bash
# @ericblade/barcode-validator 2.4.1: an ISBN-10 that begins with 00, as those of Collins (0-00), Harper (0-06) and McGraw-Hill
# (0-07) do, is invalid, unless it fits by chance: 84 of 1,000 do, about one of eleven. The digits are read as a number, which loses
# the zeros; one of them is put back, and all other digits then stand too far left, where their weights differ. A shop of
# second-hand books cannot enter them: before 2007 a book has no ISBN-13.
# Expected: all of them, as isbn3 2.0.11 and ISO 2108 have it. One zero, and ISBN-13, are read correctly.
set -euo pipefail
cd "$(mktemp -d)"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund @ericblade/barcode-validator@2.4.1 isbn3@2.0.11
cat >run.cjs <<'JS'
const assert = require('node:assert/strict');
const validate = require('@ericblade/barcode-validator');
const isbn3 = require('isbn3');

function isbn10(nine) {
  const sum = [...nine].reduce((total, digit, index) => total + Number(digit) * (index + 1), 0) % 11;
  return nine + (sum === 10 ? 'X' : sum);
}

const numbers = (prefix) => Array.from({ length: 1_000 }, (_, index) => isbn10(prefix + String(7_000_000 + 137 * index).slice(-9 + prefix.length)));
const taken = (prefix) => ({
  barcodeValidator: numbers(prefix).filter((number) => validate(number).valid).length,
  isbn3: numbers(prefix).filter((number) => isbn3.parse(number)?.isValid).length,
});
const seen = { '00': taken('00'), '01': taken('01') };
console.log(seen, validate('0007119313'));
assert.deepEqual(seen, { '00': { barcodeValidator: 84, isbn3: 1_000 }, '01': { barcodeValidator: 1_000, isbn3: 1_000 } });
assert.equal(validate('0007119313').valid, false);
assert.equal(validate('9780007119318').valid, true);
JS
node run.cjs
