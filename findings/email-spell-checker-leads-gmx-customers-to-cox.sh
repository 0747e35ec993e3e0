#!/usr/bin/env bash
# @zootools/email-spell-checker 1.12.0, which asks a customer who mistyped the domain of an address "did you mean ...?", also asks
# those who did not: of the mail services in email-providers 2.26.0, gmx.net (cox.net, an American one), libero.it (live.it), mac.com
# (mail.com), yahoo.com.br and hotmail.com.br (both .com), uol.com.br (uol.com) and abv.bg (abv.be). Some of them are the
# largest of their countries. A customer who takes the advice gets no confirmation of the order, and a stranger may get it.
# Expected: no suggestion for the domain of a mail service, as for web.de.
set -euo pipefail
cd "$(mktemp -d)"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund @zootools/email-spell-checker@1.12.0 email-providers@2.26.0
cat >run.mjs <<'JS'
import assert from 'node:assert/strict';
import checker from '@zootools/email-spell-checker';
import all from 'email-providers/all.json' with { type: 'json' };

const suggested = (domain) => checker.run({ email: `ann@${domain}` })?.domain;
const domains = ['gmx.net', 'libero.it', 'mac.com', 'yahoo.com.br', 'hotmail.com.br', 'uol.com.br', 'abv.bg'];
const seen = domains.map(suggested);
console.log(domains.map((domain, index) => `${domain}: did you mean ${seen[index]}?`));
console.log('asked about', all.filter(suggested).length, 'of', all.length, 'mail services');
assert.ok([...domains, 'web.de'].every((domain) => all.includes(domain)));
assert.deepEqual(seen, ['cox.net', 'live.it', 'mail.com', 'yahoo.com', 'hotmail.com', 'uol.com', 'abv.be']);
assert.equal(suggested('web.de'), undefined);
assert.equal(suggested('gmial.com'), 'gmail.com');
JS
node run.mjs
