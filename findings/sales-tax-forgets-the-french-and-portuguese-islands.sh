#!/usr/bin/env bash
# sales-tax 2.23.0, which tells the VAT of a sale from the countries of seller and buyer, knows that the Canary Islands have a tax
# of their own (IGIC, by their two provinces), but no other islands: Guadeloupe, Martinique and Réunion (8.5 %) count as countries
# without any tax, also for a shop that is there itself, and the Azores (16 %) and Madeira (22 %) have Portugal's 23 %. The buyer
# of a shop on Réunion pays no VAT, and nothing is said.
# Expected: the rates of Council Directive 2006/112/EC's special territories, or an error for a place that is not known.
set -euo pipefail
cd "$(mktemp -d)"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund sales-tax@2.23.0
cat >run.cjs <<'JS'
const assert = require('node:assert/strict');
const tax = require('sales-tax');

/** A sale to a consumer within one place, by the codes of ISO 3166. */
async function at(country, region) {
  tax.setTaxOriginCountry(country);
  const { type, rate } = await tax.getSalesTax(country, region);
  return `${type} ${rate}`;
}

(async () => {
  const seen = {
    France: await at('FR'),
    Guadeloupe: await at('GP'),
    Martinique: await at('MQ'),
    Réunion: await at('RE'),
    'Santa Cruz de Tenerife': await at('ES', 'TF'),
    Azores: await at('PT', '20'),
    Madeira: await at('PT', '30'),
  };
  console.log(seen);
  assert.deepEqual(seen, {
    France: 'vat 0.2',
    Guadeloupe: 'none 0',
    Martinique: 'none 0',
    Réunion: 'none 0',
    'Santa Cruz de Tenerife': 'igic 0.07',
    Azores: 'vat 0.23',
    Madeira: 'vat 0.23',
  });
})();
JS
node run.cjs
