#!/usr/bin/env bash
# mt940-js 1.0.0, which reads the statements of a bank account: a payment that the bank takes back, marked RC in field 61, has
# `isCredit: true`, like the payment itself, and a debit that is given back, marked RD, has false. A shop that so books what it
# received counts a bounced payment as a second one and ships the order, and its sums do not lead to the closing balance.
# Expected: SWIFT's MT 940, field 61: RC is the reversal of a credit and so a debit entry, RD the reversal of a debit and so a credit
# entry, as in mt940js 1.3.5, which gives the amounts their signs.
set -euo pipefail
cd "$(mktemp -d)"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund mt940-js@1.0.0 tslib@2.8.1 mt940js@1.3.5
cat >run.cjs <<'JS'
const assert = require('node:assert/strict');
const { read } = require('mt940-js');
const { Parser } = require('mt940js');

const statement = `:20:STATEMENT
:25:10020030/1234567
:28C:5/1
:60F:C261123EUR1000,00
:61:2611241124C19,99NTRFORDER-4711
:86:Payment
:61:2611241124D5,00NMSCNONREF
:86:Fee
:61:2611251125RC19,99NTRFORDER-4711
:86:Payment returned
:61:2611251125RD5,00NMSCNONREF
:86:Fee returned
:62F:C261125EUR1000,00
-
`;
(async () => {
  const [own] = await read(Buffer.from(statement));
  const [other] = new Parser().parse(statement);
  const signed = own.transactions.map(({ amount, isCredit }) => (isCredit ? amount : -amount));
  const seen = { 'mt940-js': signed, mt940js: other.transactions.map(({ amount }) => amount) };
  console.log(seen, 'from', own.openingBalance.value, 'to', own.closingBalance.value);
  assert.deepEqual(seen, { 'mt940-js': [19.99, -5, 19.99, -5], mt940js: [19.99, -5, -19.99, 5] });
  assert.deepEqual([own.openingBalance.value, own.closingBalance.value], [1000, 1000]);
})();
JS
node run.cjs
