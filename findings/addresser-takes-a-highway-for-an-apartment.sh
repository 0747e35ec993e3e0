#!/usr/bin/env bash
# addresser 1.1.22, which splits an address of the United States into two lines: behind a word for a kind of street, what follows is
# taken for an apartment. So "88 US Highway 50" becomes "88 Us Hwy" with "50" as the second line, and 100 Avenue of the Americas,
# New York, becomes "100 Avenue" with "of the Americas". The first line names a street that does not exist. Puerto Rico, Guam and
# military addresses (AE, AP, AA) are refused with "State not found", although the US Postal Service has them in its list of states.
# Expected: both on the first line, as parse-address 1.1.2 reads the street of each.
set -euo pipefail
cd "$(mktemp -d)"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund addresser@1.1.22 parse-address@1.1.2
cat >run.cjs <<'JS'
const assert = require('node:assert/strict');
const { parseAddress } = require('addresser');
const { parseLocation } = require('parse-address');

const places = {
  '88 US Highway 50': 'Ely, NV 89301',
  '88 Highway 50': 'Ely, NV 89301',
  '100 Avenue of the Americas': 'New York, NY 10013',
};
const seen = Object.entries(places).map(([street, place]) => {
  const { addressLine1, addressLine2 } = parseAddress(`${street}, ${place}`);
  return [addressLine1, addressLine2, parseLocation(`${street}, ${place}`).street];
});
console.log(seen);
assert.deepEqual(seen, [
  ['88 Us Hwy', '50', 'US Highway 50'],
  ['88 Highway', '50', 'Highway 50'],
  ['100 Avenue', 'of the Americas', 'Avenue of the Americas'],
]);
for (const place of ['San Juan, PR 00901', 'Hagatna, GU 96910', 'APO, AE 09021'])
  assert.throws(() => parseAddress(`12 Main St, ${place}`), /State not found/, place);
JS
node run.cjs
