#!/usr/bin/env bash
# ts-tracking-number 1.0.17, which tells the carrier and the tracking page from a number, and names DHL among its carriers: the
# number of a DHL parcel in Germany is a GS1 SSCC (00, then 18 digits), whose check digit is made like that of "USPS 20". So
# each of them counts as one of the US Postal Service, like the SSCC of any other carrier. A shop that takes its links from it
# sends customers in Germany to a page that knows none of their parcels.
# Expected: DHL, or nothing, as for other numbers that it does not know (a GTIN, a number of Colissimo).
set -euo pipefail
cd "$(mktemp -d)"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund ts-tracking-number@1.0.17
cat >run.cjs <<'JS'
const assert = require('node:assert/strict');
const { dhl, getTracking } = require('ts-tracking-number');

/** The SSCC (GS1 General Specifications, section 2.2) with its check digit, behind its application identifier. */
function sscc(seventeen) {
  const sum = [...seventeen].reduce((total, digit, index) => total + Number(digit) * (index % 2 === 0 ? 3 : 1), 0);
  return `00${seventeen}${(10 - (sum % 10)) % 10}`;
}

const seen = {};
for (const [whose, prefix] of Object.entries({ 'DHL, Germany': '3404341', 'a French company': '0301234', 'a Spanish one': '0841234' }))
  for (let n = 0; n < 200; n += 1) {
    const carrier = getTracking(sscc(prefix + String(1_000_000_000 + n * 7_919_991)))?.courier.name ?? 'none';
    seen[whose] = { ...seen[whose], [carrier]: (seen[whose]?.[carrier] ?? 0) + 1 };
  }
console.log('of 200 SSCCs each:', seen);
for (const carriers of Object.values(seen)) assert.deepEqual(carriers, { 'United States Postal Service': 200 });
assert.equal(getTracking(sscc('34043411000000000'), [dhl]), undefined);
assert.equal(getTracking('4006381333931'), undefined);
assert.equal(getTracking('6A12345678901'), undefined);
JS
node run.cjs
