#!/usr/bin/env bash
# libphonenumber-js 1.13.16: a mobile number of Guadeloupe, French Guiana, Martinique or Réunion, typed as it is dialled from all
# of France (0690 00 12 34), in a form whose country is FR. The default metadata calls it valid and makes +33690001234 of it,
# which is not assigned to anybody: the message that a parcel comes is lost. The metadata `max`, which class-validator's
# @IsPhoneNumber takes, calls the same number invalid, and the customer cannot order.
# Expected: +590690001234, since these prefixes are given out once for all of France. With the country GP both sets find that.
set -euo pipefail
cd "$(mktemp -d)"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund libphonenumber-js@1.13.16
cat >run.cjs <<'JS'
const assert = require('node:assert/strict');
const byDefault = require('libphonenumber-js');
const max = require('libphonenumber-js/max');

const typed = { GP: '0690 00 12 34', GF: '0694 20 12 34', MQ: '0696 20 12 34', RE: '0692 12 34 56' };
const read = ({ parsePhoneNumber }, text, country) => {
  const number = parsePhoneNumber(text, country);
  return `${number.number} ${number.isValid() ? 'valid' : 'invalid'}`;
};
for (const [country, text] of Object.entries(typed)) {
  const digits = text.replaceAll(' ', '').slice(1);
  const seen = [read(byDefault, text, 'FR'), read(max, text, 'FR'), read(byDefault, text, country), read(max, text, country)];
  console.log(`${text} as FR: ${seen[0]}, by max ${seen[1]}; as ${country}: ${seen[2]}, by max ${seen[3]}`);
  assert.deepEqual(seen.slice(0, 2), [`+33${digits} valid`, `+33${digits} invalid`]);
  assert.equal(seen[2], seen[3]);
  assert.match(seen[2], new RegExp(`^\\+(590|594|596|262)${digits} valid$`));
}
JS
node run.cjs
