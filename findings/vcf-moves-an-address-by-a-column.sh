#!/usr/bin/env bash
# vcf 2.1.2, which reads the vCards of customers: an escaped semicolon in an address, as of the street "Main St 1; Hof, 2", separates
# columns like others. In the jCard that it makes, the city is "Hof\, 2", Cologne is the region and its postcode the country;
# backslashes stay in every text. What it writes itself is not escaped, and a line feed in a note is dropped, so that "twice"
# and "then" become one word. A shop that imports such a card has a parcel for the city of "Hof\, 2".
# Expected: the texts without their escapes (RFC 6350, section 3.4; RFC 7095, section 3.3), as ical.js 2.2.1 makes them of the same card.
set -euo pipefail
cd "$(mktemp -d)"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund vcf@2.1.2 ical.js@2.2.1
cat >run.mjs <<'JS'
import assert from 'node:assert/strict';
import ICAL from 'ical.js';
import VCard from 'vcf';

const card = [
  'BEGIN:VCARD',
  'VERSION:4.0',
  'FN:Oak\\, Pine & Co',
  'ADR:;;Main St 1\\; Hof\\, 2;Cologne;;50667;Germany',
  'NOTE:Ring twice\\nthen wait',
  'END:VCARD',
].join('\r\n');
const valuesOf = ([, properties]) => Object.fromEntries(properties.map(([name, , , value]) => [name, value]));
const seen = valuesOf(new VCard().parse(card).toJSON());
const other = valuesOf(ICAL.parse(card));
console.log({ vcf: seen, 'ical.js': other });
assert.deepEqual(seen.adr, ['', '', 'Main St 1\\', ' Hof\\, 2', 'Cologne', '', '50667', 'Germany']);
assert.deepEqual([seen.fn, seen.note], ['Oak\\, Pine & Co', 'Ring twice\\nthen wait']);
assert.deepEqual(other.adr, ['', '', 'Main St 1; Hof, 2', 'Cologne', '', '50667', 'Germany']);
assert.deepEqual([other.fn, other.note], ['Oak, Pine & Co', 'Ring twice\nthen wait']);

const written = new VCard();
written.set('fn', 'Oak; Pine');
written.set('note', 'Ring twice\nthen wait');
assert.match(written.toString('3.0'), /FN:Oak; Pine\r\nNOTE:Ring twicethen wait\r\n/);
JS
node run.mjs
