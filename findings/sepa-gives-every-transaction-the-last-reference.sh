#!/usr/bin/env bash
# sepa 3.0.0, which writes the transfers and direct debits of a shop for its bank: `structuredRemittanceInfo` of a transaction is an
# object with `reference`, `typeCode` and `issuer`, and all transactions share this one object. Whoever sets its fields, as all others
# of a transaction are set, sets them for all: two refunds with the references of two orders go out with that of the second, also one
# without any reference, and in later files of the same process. The amounts and names are right, so nobody sees it before the customers.
# Expected: a transaction's own reference. One that is assigned as a whole object stays its own.
set -euo pipefail
cd "$(mktemp -d)"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund sepa@3.0.0
cat >run.cjs <<'JS'
const assert = require('node:assert/strict');
const SEPA = require('sepa');

function fileOf(refunds, refer) {
  const document = new SEPA.Document('pain.001.001.09');
  document.grpHdr.id = 'SHOP.1';
  document.grpHdr.created = new Date('2026-11-27T10:00:00');
  document.grpHdr.initiatorName = 'Shop';
  const info = document.createPaymentInfo();
  info.requestedExecutionDate = new Date('2026-11-30T10:00:00');
  info.debtorIBAN = 'DE87123456781234567890';
  info.debtorName = 'Shop';
  document.addPaymentInfo(info);
  for (const { amount, reference } of refunds) {
    const transaction = info.createTransaction();
    transaction.creditorName = 'Customer';
    transaction.creditorIBAN = 'DE40987654329876543210';
    transaction.amount = amount;
    transaction.end2endId = `REFUND.${amount}`;
    if (reference) refer(transaction, reference);
    info.addTransaction(transaction);
  }
  const transactions = document.toString().match(/<CdtTrfTxInf>.*?<\/CdtTrfTxInf>/g);
  return transactions.map((text) => [/<InstdAmt[^>]*>([^<]*)/.exec(text)[1], /<Ref>([^<]*)/.exec(text)?.[1]]);
}

const refunds = [{ amount: 10, reference: 'RF18539007547034' }, { amount: 20, reference: 'RF712348231' }, { amount: 30 }];
const whole = fileOf(refunds, (transaction, reference) => {
  transaction.structuredRemittanceInfo = { typeCode: 'SCOR', issuer: 'ISO', reference };
});
const byField = fileOf(refunds, (transaction, reference) => {
  transaction.structuredRemittanceInfo.typeCode = 'SCOR';
  transaction.structuredRemittanceInfo.issuer = 'ISO';
  transaction.structuredRemittanceInfo.reference = reference;
});
const later = fileOf([{ amount: 40 }]);
console.log({ whole, byField, later });
assert.deepEqual(whole, [['10.00', 'RF18539007547034'], ['20.00', 'RF712348231'], ['30.00', undefined]]);
assert.deepEqual(byField, [['10.00', 'RF712348231'], ['20.00', 'RF712348231'], ['30.00', 'RF712348231']]);
assert.deepEqual(later, [['40.00', 'RF712348231']]);
JS
node run.cjs
