#!/usr/bin/env bash
# dayjs-business-days2 1.4.0: `nextBusinessDay()` looks at six days, and returns the sixth when none of them is a business day. A shop
# that is closed from 24 December to 3 January promises to ship on 29 December, a day that is in its own list of holidays; after
# 30 September a factory in China would open on 6 October, the sixth of seven days of National Day. `prevBusinessDay()` does the same.
# Expected: 4 January and 8 October, as `businessDaysAdd(1)` returns them; nothing in its documentation limits the search.
set -euo pipefail
cd "$(mktemp -d)"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund dayjs@1.11.18 dayjs-business-days2@1.4.0
cat >run.cjs <<'JS'
const assert = require('node:assert/strict');
const dayjs = require('dayjs');
const { default: businessDays } = require('dayjs-business-days2');

const daysFrom = (first, count) =>
  Array.from({ length: count }, (_, index) => dayjs(first).add(index, 'day').format('YYYY-MM-DD'));
const holidays = [...daysFrom('2026-10-01', 7), ...daysFrom('2026-12-24', 11)];
dayjs.extend(businessDays, { holidays, holidayFormat: 'YYYY-MM-DD' });
const text = (day) => `${day.format('YYYY-MM-DD')}, ${day.isBusinessDay() ? 'open' : 'closed'}`;

for (const [last, next, added] of [
  ['2026-09-30', '2026-10-06, closed', '2026-10-08, open'],
  ['2026-12-23', '2026-12-29, closed', '2027-01-04, open'],
]) {
  const day = dayjs(last);
  console.log(`${last}: nextBusinessDay ${text(day.nextBusinessDay())}; businessDaysAdd(1) ${text(day.businessDaysAdd(1))}`);
  assert.equal(text(day.nextBusinessDay()), next);
  assert.equal(text(day.businessDaysAdd(1)), added);
}
assert.equal(text(dayjs('2027-01-04').prevBusinessDay()), '2026-12-29, closed');
JS
node run.cjs
