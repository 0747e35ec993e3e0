#!/usr/bin/env bash
# phone 3.1.72, which checks the number of a mobile phone and writes it as E.164: Benin has numbers of ten digits since 30 November 2024,
# with 01 before the former eight, which were switched off a month later. The new ones are invalid and the old ones valid. So
# a shop refuses every right number there, and takes one that the carrier cannot call.
# Expected: the ten digits, as in libphonenumber-js 1.13.16.
set -euo pipefail
cd "$(mktemp -d)"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund phone@3.1.72 libphonenumber-js@1.13.16
cat >run.cjs <<'JS'
const assert = require('node:assert/strict');
const { isValidPhoneNumber } = require('libphonenumber-js/max');
const { phone } = require('phone');

const begin = ['90', '91', '94', '95', '96', '97', '98'];
const numbers = begin.flatMap((digits) => [`+229${digits}123456`, `+22901${digits}123456`]);
const seen = numbers.map((number) => [number, phone(number).isValid, isValidPhoneNumber(number)]);
console.log('valid by phone and by libphonenumber-js:', seen);
for (const [number, own, other] of seen) assert.deepEqual([own, other], number.length === 12 ? [true, false] : [false, true], number);
JS
node run.cjs
