#!/usr/bin/env bash
# validator 13.15.35, and class-validator's @IsPostalCode('FR'), accept the overseas departments (971 to 976 except 975), and
# refuse Saint-Pierre-et-Miquelon (975), Wallis-et-Futuna (986), Polynesia (987) and New Caledonia (988), which have codes of
# La Poste and no locale of their own. A shop that validates French addresses with it sells nothing there.
# Expected: every code of La Poste is a French one.
set -euo pipefail
cd "$(mktemp -d)"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund validator@13.15.35
cat >run.cjs <<'JS'
const assert = require('node:assert/strict');
const { isPostalCode } = require('validator');

const codes = {
  Paris: '75011',
  Guadeloupe: '97110',
  Mayotte: '97600',
  'Saint-Pierre': '97500',
  'Mata-Utu': '98600',
  Papeete: '98714',
  Nouméa: '98800',
};
const taken = Object.keys(codes).filter((place) => isPostalCode(codes[place], 'FR'));
const refused = Object.keys(codes).filter((place) => !isPostalCode(codes[place], 'FR'));
console.log({ taken, refused });
assert.deepEqual(taken, ['Paris', 'Guadeloupe', 'Mayotte']);
JS
node run.cjs
