#!/usr/bin/env bash
# Node's fetch and @fastify/static 10.1.11: a conditional request gets the full response. By the Fetch standard a request
# with If-None-Match has the cache mode no-store, for which fetch adds "Cache-Control: no-cache", and @fastify/send treats
# that as a request for the whole file. A server-side cache of pictures that uses fetch downloads all of them each time.
# Expected: 304, as for http.request. Seen: 200 with the whole file.
set -euo pipefail
cd "$(mktemp -d)"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund fastify@5.12.8 @fastify/static@10.1.11
mkdir pictures && echo lamp >pictures/lamp.txt
cat >run.mjs <<'JS'
import assert from 'node:assert/strict';
import http from 'node:http';
import fastifyStatic from '@fastify/static';
import fastify from 'fastify';

const app = fastify();
app.register(fastifyStatic, { root: `${process.cwd()}/pictures` });
const url = `${await app.listen({ port: 0 })}/lamp.txt`;
const first = await fetch(url);
await first.text();
const headers = { 'if-none-match': first.headers.get('etag') };

const byFetch = await fetch(url, { headers });
await byFetch.text();
const byHttp = await new Promise((resolve) =>
  http.get(url, { headers }, (response) => response.resume().on('end', () => resolve(response.statusCode))),
);
await app.close();
console.log(`If-None-Match by fetch: ${byFetch.status}, by http.get: ${byHttp}`);
assert.deepEqual([byFetch.status, byHttp], [200, 304]);
JS
node run.mjs
