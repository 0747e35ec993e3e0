#!/usr/bin/env bash
# express-idempotency 1.0.6 with express 5.3.0: the answer to a key is kept when the handler calls `send` or `json`. One that ends
# with `end`, as is common for 204, or with `redirect` is never kept, and the key stays taken: each repetition is answered
# 409, "A previous request is still in progress for this key". A customer who cancels an order and loses the connection so
# never learns that it worked. And an answer that is repeated has lost its headers, such as Location.
# Expected: the first answer again, whichever way it was ended (sendStatus(204) is kept).
set -euo pipefail
cd "$(mktemp -d)"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund express-idempotency@1.0.6 express@5.3.0
cat >run.mjs <<'JS'
import assert from 'node:assert/strict';
import { once } from 'node:events';
import express from 'express';
import idempotent from 'express-idempotency';

const answers = {
  '/created': (response) => response.status(201).location('/orders/1').json({ id: 1 }),
  '/status': (response) => response.sendStatus(204),
  '/ended': (response) => response.status(204).end(),
  '/redirected': (response) => response.redirect(303, '/orders/1'),
};
const app = express().use(idempotent.idempotency());
for (const [path, answer] of Object.entries(answers))
  app.post(path, (request, response) => {
    if (!idempotent.getSharedIdempotencyService().isHit(request)) answer(response);
  });
app.use((error, request, response, next) => response.type('text').send(error.message));
const server = app.listen(0, '127.0.0.1');
await once(server, 'listening');
const ask = async (path) => {
  const headers = { 'idempotency-key': `key of ${path}` };
  const url = `http://127.0.0.1:${server.address().port}${path}`;
  const answer = await fetch(url, { method: 'POST', headers, redirect: 'manual' });
  await answer.text();
  return `${answer.status} ${answer.headers.get('location') ?? ''}`.trim();
};
const seen = {};
for (const path of Object.keys(answers)) seen[path] = [await ask(path), await ask(path)];
server.close();
console.log('the first and the second answer to one key:', seen);
assert.deepEqual(seen['/created'], ['201 /orders/1', '201']);
assert.deepEqual(seen['/status'], ['204', '204']);
assert.deepEqual(seen['/ended'], ['204', '409']);
assert.deepEqual(seen['/redirected'], ['303 /orders/1', '409']);
JS
node run.mjs
