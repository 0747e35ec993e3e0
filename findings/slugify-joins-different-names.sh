#!/usr/bin/env bash
# slugify 1.6.9 gives different names the same slug, also without its strict mode: it drops non-Latin letters, and signs
# between digits. A shop that identifies a category or product by its slug merges two of them.
# Expected of "9.5 mm" and "95 mm": two slugs. Seen: 95-mm twice.
set -euo pipefail
cd "$(mktemp -d)"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund slugify@1.6.9
cat >run.mjs <<'JS'
import assert from 'node:assert/strict';
import slugify from 'slugify';

const strict = (name) => slugify(name, { lower: true, strict: true });
const pairs = [['9.5 mm', '95 mm'], ['C++', 'C#'], ['手机 5G', '电脑 5G'], ['1/2 l', '12 l']];
for (const [one, other] of pairs) {
  console.log(`strict: ${one} and ${other}: ${strict(one)}, ${strict(other)}`);
  assert.equal(strict(one), strict(other));
}
const plain = (name) => slugify(name, { lower: true });
console.log(`plain: 手机 5G and 电脑 5G: ${plain('手机 5G')}, ${plain('电脑 5G')}`);
assert.equal(plain('手机 5G'), plain('电脑 5G'));
assert.equal(strict('カップ'), '');
JS
node run.mjs
