#!/usr/bin/env bash
# jsvat 2.5.4, which checks VAT numbers offline, refuses every Belgian number that begins with 1. Belgium has issued such
# numbers since 2023: ten digits, the first 0 or 1, where the last two are 97 minus the first eight modulo 97. A shop that
# sells to businesses refuses all recently founded Belgian ones.
# Expected: both leading digits are accepted, and wrong check digits refused.
set -euo pipefail
cd "$(mktemp -d)"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund jsvat@2.5.4
cat >run.cjs <<'JS'
const assert = require('node:assert/strict');
const { belgium, checkVAT } = require('jsvat');

/** With the check digits that belong to the first eight. */
const numbered = (eight) => `BE${eight}${String(97 - (Number(eight) % 97)).padStart(2, '0')}`;
const isValid = (number) => checkVAT(number, [belgium]).isValid;
const begun = { 0: [], 1: [] };
for (let n = 1; n <= 500; n += 1) for (const first of [0, 1]) begun[first].push(numbered(`${first}${4_000_000 + n * 997}`));

const taken = Object.fromEntries(Object.entries(begun).map(([first, list]) => [first, list.filter(isValid).length]));
console.log('of 500 right numbers each, taken by their first digit:', taken);
assert.deepEqual(taken, { 0: 500, 1: 0 });
assert.equal(isValid('BE0428759498'), false); // a wrong check digit
JS
node run.cjs
