#!/usr/bin/env bash
# parse-address 1.1.2, whose README says that it knows fractional building numbers: the fraction is in no field of the result. So
# 123 1/2 Main St has the same parts as 123 Main St, which is another building. A shop that makes its labels of the parts
# sends the parcel there. With a hyphen, 123-1/2 Main St is number 123-1 of a street "2 Main". No error.
# Expected: the fraction within the number, as in addresser 1.1.22's first line of the address.
set -euo pipefail
cd "$(mktemp -d)"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund parse-address@1.1.2 addresser@1.1.22
cat >run.cjs <<'JS'
const assert = require('node:assert/strict');
const { parseAddress } = require('addresser');
const { parseLocation } = require('parse-address');

const at = (number) => parseLocation(`${number} Main St, Los Angeles, CA 90012`);
const half = at('123 1/2');
console.log(half, at('123-1/2'));
assert.equal(half.number, '123');
assert.deepEqual(half, at('123'));
assert.deepEqual(at('45 3/4'), at('45'));
assert.deepEqual([at('123-1/2').number, at('123-1/2').street], ['123-1', '2 Main']);
assert.equal(parseAddress('123 1/2 Main St, Los Angeles, CA 90012').addressLine1, '123 1/2 Main St');
JS
node run.cjs
