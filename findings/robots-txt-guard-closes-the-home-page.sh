#!/usr/bin/env bash
# robots-txt-guard 1.0.2 with robots-txt-parse 2.0.1, which tell what a crawler may read of a shop: `Allow: /$` behind `Disallow: /`
# does not open the home page, since the `$` is left out of the length by which rules are compared, and the first of two equal ones
# wins. Of two groups for one crawler only the first is read, so that pages count as open which the second closes. A shop that
# tests its robots.txt so finds its home page closed, and its account pages open.
# Expected: RFC 9309, sections 2.2.1 and 2.2.2: groups for one crawler are joined, the longest rule wins, and of two equal ones the one
# that allows, as in robots-parser 3.0.1.
set -euo pipefail
cd "$(mktemp -d)"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund robots-txt-guard@1.0.2 robots-txt-parse@2.0.1 robots-parser@3.0.1
cat >run.cjs <<'JS'
const assert = require('node:assert/strict');
const { Readable } = require('node:stream');
const robotsParser = require('robots-parser');
const guard = require('robots-txt-guard');
const parse = require('robots-txt-parse');

async function allowed(text, path) {
  const other = robotsParser('https://shop.example/robots.txt', text);
  const rules = guard(await parse(Readable.from([text])));
  return { guard: rules.isAllowed('bot', path), 'robots-parser': other.isAllowed(`https://shop.example${path}`, 'bot') };
}

(async () => {
  const home = await allowed('User-agent: *\nDisallow: /\nAllow: /$\n', '/');
  const account = await allowed('User-agent: bot\nDisallow: /cart\n\nUser-agent: bot\nDisallow: /account\n', '/account');
  console.log({ home, account });
  assert.deepEqual(home, { guard: false, 'robots-parser': true });
  assert.deepEqual(account, { guard: true, 'robots-parser': false });
})();
JS
node run.cjs
