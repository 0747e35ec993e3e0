#!/usr/bin/env bash
# feed 6.0.0, for the feeds of a shop: an item's title is plain text in the JSON feed, but the same text is marked as HTML
# in Atom (`type="html"`, RFC 4287, section 3.1.1.2) without being escaped. A reader drops `<2 m>` of "Cable <2 m> & plug"
# as a tag. The feed's own title is marked as text. The media type of a picture is derived from its address: `.jpg` is
# `image/jpg`, and a picture served by a script is `image/php`; the registered name is image/jpeg.
# Expected: escaped text, as for the feed's own title, and no type when it is unknown.
set -euo pipefail
cd "$(mktemp -d)"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund feed@6.0.0
cat >run.mjs <<'JS'
import assert from 'node:assert/strict';
import { Feed } from 'feed';

const title = 'Cable <2 m> & plug';
const date = new Date('2026-01-01T00:00:00Z');
const feed = new Feed({ title, id: 'https://shop.example/', link: 'https://shop.example/', copyright: '', updated: date });
for (const image of ['https://shop.example/media/cable.jpg', 'https://shop.example/image.php?product=7'])
  feed.addItem({ title, id: image, link: 'https://shop.example/products/7', date, image });

const atom = feed.atom1();
const titles = atom.match(/<title.*<\/title>/g);
const types = feed.rss2().match(/<enclosure.*\/>/g).map((tag) => / type="([^"]*)"/.exec(tag)[1]);
console.log(titles.join('\n'), '\n', JSON.parse(feed.json1()).items[0].title, '\n', types);
assert.equal(titles[0], '<title>Cable &lt;2 m&gt; &amp; plug</title>');
assert.equal(titles[1], '<title type="html"><![CDATA[Cable <2 m> & plug]]></title>');
assert.equal(JSON.parse(feed.json1()).items[0].title, title);
assert.deepEqual(types, ['image/jpg', 'image/php']);
JS
node run.mjs
