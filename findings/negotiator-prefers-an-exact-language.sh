#!/usr/bin/env bash
# negotiator 1.0.0 (which Express, Koa and others use for Accept-Language) prefers an exact match to a language that comes
# first with a region.
# Expected of "fr-CA,en" in a shop with en and fr: fr first. Seen: en first; and "en-GB,fr" gets French. With weights
# ("fr-CA,en;q=0.9") the order is kept.
set -euo pipefail
cd "$(mktemp -d)"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund negotiator@1.0.0
cat >run.mjs <<'JS'
import assert from 'node:assert/strict';
import Negotiator from 'negotiator';

const chosen = (header) => new Negotiator({ headers: { 'accept-language': header } }).languages(['en', 'fr']);
for (const header of ['fr-CA,en', 'en-GB,fr', 'fr-CA,en;q=0.9']) console.log(`${header}: ${chosen(header)}`);
assert.deepEqual(chosen('fr-CA,en'), ['en', 'fr']);
assert.deepEqual(chosen('en-GB,fr'), ['fr', 'en']);
assert.deepEqual(chosen('fr-CA,en;q=0.9'), ['fr', 'en']);
JS
node run.mjs
