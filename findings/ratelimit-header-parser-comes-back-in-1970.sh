#!/usr/bin/env bash
# ratelimit-header-parser 0.1.0, which tells a client when it may ask again: without a header for the reset it reads Retry-After, and
# takes its seconds for seconds since 1970. "Retry-After: 30" is 1 January 1970, half a minute past midnight, and a date is invalid.
# A client that waits until then does not wait, and the import of a shop's orders is refused again and again.
# Expected: thirty seconds from now, or the date (RFC 9110, section 10.2.3), as for RateLimit-Reset.
set -euo pipefail
cd "$(mktemp -d)"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund ratelimit-header-parser@0.1.0
cat >run.cjs <<'JS'
const assert = require('node:assert/strict');
const { parseRateLimit } = require('ratelimit-header-parser');

const limited = { 'x-ratelimit-limit': '40', 'x-ratelimit-remaining': '0' };
const resetOf = (headers) => parseRateLimit(new Headers({ ...limited, ...headers })).reset;
const seen = {
  'X-RateLimit-Reset: 30': resetOf({ 'X-RateLimit-Reset': '30' }),
  'Retry-After: 30': resetOf({ 'Retry-After': '30' }),
  'Retry-After: a date': resetOf({ 'Retry-After': 'Thu, 24 Dec 2026 10:00:00 GMT' }),
};
console.log(seen);
const [right, seconds, date] = Object.values(seen);
assert.ok(Math.abs(right - Date.now() - 30_000) < 5_000);
assert.equal(seconds.toISOString(), '1970-01-01T00:00:30.000Z');
assert.ok(Number.isNaN(date.getTime()));
JS
node run.cjs
