#!/usr/bin/env bash
# business-days-js 2.3.0, the working days of the United States by state: with a state west of New York, as with { state: 'ca' },
# holidays are working days, and the days after them are holidays. It takes a day as midnight in New York, and its holidays, from
# date-holidays, begin at midnight of the state, which is later. A parcel promised in two working days from Wednesday, 23 December
# is due on Christmas Day in California, and on Monday in New York.
# Expected: the same days in both, since 25 December is a holiday in every state. Without a state the days are right.
set -euo pipefail
cd "$(mktemp -d)"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund business-days-js@2.3.0 date-holidays@3.37.0
cat >run.cjs <<'JS'
const assert = require('node:assert/strict');
const businessDays = require('business-days-js');

const days = ['2026-11-26', '2026-11-27', '2026-12-25', '2027-01-01', '2027-05-31', '2027-06-01'];
const seen = Object.fromEntries(
  [undefined, 'ny', 'ca', 'il', 'hi'].map((state) => {
    const calendar = state ? businessDays({ state }) : businessDays();
    const due = calendar.addDays('2026-12-23', 2).format('YYYY-MM-DD');
    return [state ?? 'no state', { working: days.filter((day) => calendar.check(day)), due }];
  }),
);
console.log(seen);
const right = { working: ['2026-11-27', '2027-06-01'], due: '2026-12-28' };
const late = { working: ['2026-11-26', '2026-12-25', '2027-01-01', '2027-05-31'], due: '2026-12-25' };
assert.deepEqual(seen, { 'no state': right, ny: right, ca: late, il: late, hi: late });
JS
node run.cjs
TZ=America/Los_Angeles node run.cjs >/dev/null
