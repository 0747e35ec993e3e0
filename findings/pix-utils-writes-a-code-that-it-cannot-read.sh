#!/usr/bin/env bash
# pix-utils 2.8.2, the codes of Brazil's instant payments: `infoAdicional`, a text for the payer, shares a field with the key, and a
# field has at most 99 characters, since its length is written with two digits (EMV QR codes, merchant-presented mode). With a random
# key (36 characters) there is room for 37. One more is written with three digits, so that every field behind it begins one place
# too late, and neither amount nor shop can be read. Its own reader says "invalid emv code". Nothing is said when the code is made,
# although a name or a txid that is too long is refused.
# Expected: an error, as for these.
set -euo pipefail
cd "$(mktemp -d)"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund pix-utils@2.8.2
cat >run.cjs <<'JS'
const assert = require('node:assert/strict');
const { createStaticPix, parsePix } = require('pix-utils');

const shop = { merchantName: 'Loja', merchantCity: 'Sao Paulo', transactionAmount: 19.9 };
const pixKey = '123e4567-e89b-12d3-a456-426614174000';
const codeWith = (infoAdicional) => createStaticPix({ ...shop, pixKey, infoAdicional }).toBRCode();

const text = 'Pedido 12345, entrega em 24 de dezembro';
const read = parsePix(codeWith(text.slice(0, 37)));
const unread = parsePix(codeWith(text.slice(0, 38)));
console.log(codeWith(text.slice(0, 38)), '\n', read.transactionAmount, unread.message);
assert.deepEqual([read.transactionAmount, read.infoAdicional], [19.9, text.slice(0, 37)]);
assert.equal(codeWith(text.slice(0, 37)).slice(6, 10), '2699');
assert.equal(codeWith(text.slice(0, 38)).slice(6, 11), '26100');
assert.deepEqual([unread.error, unread.message], [true, 'invalid emv code']);
assert.match(createStaticPix({ ...shop, pixKey, merchantName: 'L'.repeat(26) }).message, /character limit exceeded/);
JS
node run.cjs
