#!/usr/bin/env bash
# sepa-qr 0.0.2, codes that a customer scans to pay by bank transfer: `remittance: 'Invoice 123456789'`, as its README has it, is
# written as the tenth line, and `information` as the eleventh. EPC069-12 has a creditor reference (ISO 11649, RF and check digits, or
# a national one) as the tenth line, the text for the receiver as the eleventh, never both, and a note to the payer as the twelfth,
# which cannot be written at all. A bank's app that keeps to it refuses the code or drops the text, and the shop gets
# money without the number of an invoice. With the note set as well the code has both a reference and a text.
# Expected: the text as the eleventh line, as sepa-payment-code 1.0.3 writes it.
set -euo pipefail
cd "$(mktemp -d)"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund sepa-qr@0.0.2 jsqr@1.4.0 pngjs@7.0.0 sepa-payment-code@1.0.3
cat >run.cjs <<'JS'
const assert = require('node:assert/strict');
const { buffer } = require('node:stream/consumers');
const jsqr = require('jsqr');
const { PNG } = require('pngjs');
const { PaymentCode } = require('sepa-payment-code');
const createSepaQr = require('sepa-qr');

async function linesOf(stream) {
  const { data, width, height } = PNG.sync.read(await buffer(stream));
  return (jsqr.default ?? jsqr)(new Uint8ClampedArray(data), width, height).data.split('\n');
}

(async () => {
  const [name, iban, amount, text] = ['Shop', 'BE72000000001616', 19.99, 'Invoice 123456789'];
  const lines = await linesOf(createSepaQr({ name, iban, amount, remittance: text, information: 'Thank you' }));
  const other = new PaymentCode(name, iban, amount, undefined, text).getPayload().split('\n');
  const parts = (all) => ({ reference: all[9], text: all[10], note: all[11] });
  console.log({ 'sepa-qr': parts(lines), 'sepa-payment-code': parts(other) });
  assert.deepEqual(lines.slice(0, 4).concat(lines[7]), ['BCD', '002', '1', 'SCT', 'EUR19.99']);
  assert.deepEqual(parts(lines), { reference: text, text: 'Thank you', note: undefined });
  assert.deepEqual(parts(other), { reference: '', text, note: '' });
})();
JS
node run.cjs
