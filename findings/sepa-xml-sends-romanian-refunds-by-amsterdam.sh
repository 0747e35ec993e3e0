#!/usr/bin/env bash
# sepa-xml 0.6.0, which writes the transfers of a shop for its bank: the README says that the BIC of a receiver "can be auto-found".
# It is looked up by four letters of the IBAN in a list of Dutch banks, for IBANs of all countries. Romania, Ireland, Britain,
# Malta, Latvia and Bulgaria have four letters at this place too, and a bank that is in several countries has the same. So a refund to
# a customer of ING Bank Romania (RO..INGB, BIC INGBROBU) names ING in Amsterdam (INGBNL2A), one of Citibank in Ireland the Dutch
# Citibank, and a bank that compares both refuses the file.
# Expected: no BIC, as for banks that are not in the list. SEPA has needed none since 2016. The country of a BIC is its letters 5 and
# 6 (ISO 9362), and that of an IBAN its first two (ISO 13616).
set -euo pipefail
cd "$(mktemp -d)"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund sepa-xml@0.6.0 ibantools@4.5.4
cat >run.cjs <<'JS'
const assert = require('node:assert/strict');
const { composeIBAN } = require('ibantools');
const SepaXML = require('sepa-xml');

const receivers = {
  Dutch: composeIBAN({ countryCode: 'NL', bban: 'INGB0001234567' }),
  Romanian: composeIBAN({ countryCode: 'RO', bban: 'INGB0000999901234567' }),
  Irish: composeIBAN({ countryCode: 'IE', bban: 'CITI99005112345678' }),
  'of another bank': composeIBAN({ countryCode: 'RO', bban: 'BTRL0130120500000001' }),
};
const file = new SepaXML();
file.setHeaderInfo({ messageId: '1', initiator: 'Shop' });
file.setPaymentInfo({ id: '1', method: 'TRF', senderName: 'Shop', senderIBAN: receivers.Dutch, bic: 'INGBNL2A' });
for (const [name, iban] of Object.entries(receivers)) file.addTransaction({ id: name, amount: 19.99, name, iban, description: 'Refund' });
file.compile((error, xml) => {
  assert.equal(error, null);
  const transactions = xml.match(/<CdtTrfTxInf>[^]*?<\/CdtTrfTxInf>/g);
  const seen = transactions.map((text) => [/<IBAN>(..)/.exec(text)[1], /<BIC>(.*)<\/BIC>/.exec(text)?.[1]]);
  console.log(seen);
  assert.deepEqual(seen, [['NL', 'INGBNL2A'], ['RO', 'INGBNL2A'], ['IE', 'CITINL2X'], ['RO', undefined]]);
});
JS
node run.cjs
