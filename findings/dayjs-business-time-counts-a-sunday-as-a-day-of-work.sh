#!/usr/bin/env bash
# dayjs-business-time 1.0.4: the business days between two dates are one too many, unless both have a time within the hours of work, as
# 10:00 in its README. From Wednesday to Wednesday, written as dates, there are six; from Saturday to Sunday there is one; from a day to
# itself, too. So a parcel that was sent on Friday and came on Monday was two business days on its way, and a shop pays back for
# a delivery that was in time.
# Expected: five, none, none and one: the days of which addBusinessDays makes the second date of the first.
set -euo pipefail
cd "$(mktemp -d)"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund dayjs-business-time@1.0.4 dayjs@1.11.23
cat >run.cjs <<'JS'
const assert = require('node:assert/strict');
const dayjs = require('dayjs');
dayjs.extend(require('dayjs-business-time'));

const dates = [['2026-11-18', '2026-11-25'], ['2026-11-21', '2026-11-22'], ['2026-11-18', '2026-11-18'], ['2026-11-20', '2026-11-23']];
const between = (time) => dates.map(([from, to]) => dayjs(from + time).businessDaysDiff(dayjs(to + time)));
const seen = { 'as dates': between(''), 'at 10:00': between('T10:00') };
console.log(seen);
assert.deepEqual(seen['as dates'], [6, 1, 1, 2]);
assert.deepEqual(seen['at 10:00'], [5, 1, 0, 1]);
assert.equal(dayjs('2026-11-18').addBusinessDays(5).format('YYYY-MM-DD'), '2026-11-25');
assert.equal(dayjs('2026-11-20').addBusinessDays(1).format('YYYY-MM-DD'), '2026-11-23');
JS
node run.cjs
TZ=America/New_York node run.cjs >/dev/null
