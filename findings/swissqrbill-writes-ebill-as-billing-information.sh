#!/usr/bin/env bash
# swissqrbill 4.4.1, Swiss invoices with a QR code: `av1`, the alternative procedure by which a bill can be paid, such as eBill or
# TWINT, is written directly behind the trailer EPD when there is no `additionalInformation`. That line (32) is the billing
# information, and the alternative procedures are the two behind it. So eBill is not offered to the payer, and accounting software
# reads the parameters of eBill as billing information. Nothing is said.
# Expected: an empty line 32, as the Swiss Implementation Guidelines for the QR-bill and SIX's validator have it: billing information
# may be empty only where elements follow. php-swiss-qr-bill mended the same in 2023.
set -euo pipefail
cd "$(mktemp -d)"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund swissqrbill@4.4.1 jsqr@1.4.0
cat >run.mjs <<'JS'
import assert from 'node:assert/strict';
import jsqr from 'jsqr';
import { SwissQRCode } from 'swissqrbill/svg';

const creditor = {
  account: 'CH4431999123000889012',
  name: 'Shop',
  address: 'Musterstrasse',
  buildingNumber: 7,
  zip: 1234,
  city: 'Musterstadt',
  country: 'CH',
};
const bill = { creditor, amount: 19.9, currency: 'CHF', reference: '210000000003139471430009017' };

const MODULE = 4; // pixels
const MARGIN = 4; // modules

/** The lines that a scanner reads: draws the modules of the code, squares in millimetres, without the Swiss cross. */
function linesOf(data) {
  const svg = new SwissQRCode({ ...bill, ...data }).toString();
  const squares = [...svg.matchAll(/<rect x="([\d.]+)mm" y="([\d.]+)mm" width="([\d.]+)mm" height="\3mm" fill="black"/g)];
  const size = Number(squares[0][3]);
  const side = (Math.round(46 / size) + 2 * MARGIN) * MODULE;
  const pixels = new Uint8ClampedArray(side * side * 4).fill(255);
  for (const [, x, y, width] of squares) {
    if (Number(width) !== size) continue;
    const [left, top] = [x, y].map((millimetres) => (Math.round(millimetres / size) + MARGIN) * MODULE);
    for (let row = top; row < top + MODULE; row += 1)
      for (let column = left; column < left + MODULE; column += 1) pixels.fill(0, (row * side + column) * 4, (row * side + column) * 4 + 3);
  }
  return (jsqr.default ?? jsqr)(pixels, side, side).data.split('\n');
}

const av1 = 'eBill/B/41010560425610173';
const additionalInformation = '//S1/10/10201409';
const behind = (data) => linesOf(data).slice(30);
const seen = { both: behind({ additionalInformation, av1 }), 'av1 alone': behind({ av1 }) };
console.log('from line 31:', seen);
assert.deepEqual(seen, { both: ['EPD', additionalInformation, av1], 'av1 alone': ['EPD', av1] });
JS
node run.mjs
