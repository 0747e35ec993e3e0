#!/usr/bin/env bash
# ics 3.12.0, the calendar files that a shop sends for a day of delivery: a duration of whole days or weeks ends with the T of a
# time that does not follow, DURATION:P1DT and P1WT, and weeks with days are P1W2DT. The trigger of an alarm a day before is
# -P1DT. Some readers let it pass (ical.js 2.2.1 does); those that keep to the grammar, as calendars on Java's Duration or Temporal
# do, refuse the event or the file.
# Expected: P1D, P1W and P9D. RFC 5545, section 3.3.6: hours, minutes or seconds follow a T, and weeks stand alone.
set -euo pipefail
cd "$(mktemp -d)"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund ics@3.12.0 ical.js@2.2.1 @js-temporal/polyfill@0.5.1
cat >run.mjs <<'JS'
import assert from 'node:assert/strict';
import { Temporal } from '@js-temporal/polyfill';
import ICAL from 'ical.js';
import { createEvent } from 'ics';

function written(duration) {
  const alarms = [{ action: 'display', description: 'Delivery', trigger: { ...duration, before: true } }];
  const { value } = createEvent({ start: [2026, 12, 24], duration, title: 'Delivery', alarms });
  return [/^DURATION:(.*)$/m.exec(value)[1].trim(), /^TRIGGER:(.*)$/m.exec(value)[1].trim()];
}

const seen = [{ days: 1 }, { weeks: 1 }, { weeks: 1, days: 2 }, { days: 1, hours: 2 }].map(written);
console.log(seen);
assert.deepEqual(seen, [['P1DT', '-P1DT'], ['P1WT', '-P1WT'], ['P1W2DT', '-P1W2DT'], ['P1DT2H', '-P1DT2H']]);
for (const [text] of seen.slice(0, 3)) assert.throws(() => Temporal.Duration.from(text), RangeError);
assert.equal(ICAL.Duration.fromString('P1DT').toString(), 'P1D');
JS
node run.mjs
