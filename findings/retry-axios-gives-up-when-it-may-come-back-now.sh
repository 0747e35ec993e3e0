#!/usr/bin/env bash
# retry-axios 4.0.3 with axios 1.21.1: a 503 whose Retry-After is 0, or a date that has just passed, is not tried again at all,
# though the retry without that header succeeds. HTTP dates are whole seconds of the server's clock: a client whose clock is
# some seconds fast so gives up wherever a server asks it to come back soon, and a shop's order does not reach its warehouse.
# Expected: another try at once, as axios-retry 4.5.0 makes it (RFC 9110, section 10.2.3: 0 seconds and a date are both valid).
# `checkRetryAfter: false` tries again, and ignores the header.
set -euo pipefail
cd "$(mktemp -d)"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund retry-axios@4.0.3 axios@1.21.1 axios-retry@4.5.0
cat >run.mjs <<'JS'
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import axios from 'axios';
import axiosRetry from 'axios-retry';
import * as rax from 'retry-axios';

const retryAfter = {
  'without the header': undefined,
  'in a second': '1',
  'in no seconds': '0',
  'at a date two seconds ago': new Date(Date.now() - 2000).toUTCString(),
};
let tries, header;
const server = createServer((request, response) => {
  tries += 1;
  response.writeHead(tries === 1 ? 503 : 200, header === undefined ? {} : { 'retry-after': header }).end('{}');
}).listen(0, '127.0.0.1');
await once(server, 'listening');
const baseURL = `http://127.0.0.1:${server.address().port}`;
const byRetryAxios = axios.create({ baseURL });
byRetryAxios.defaults.raxConfig = { instance: byRetryAxios };
rax.attach(byRetryAxios);
const byAxiosRetry = axios.create({ baseURL });
axiosRetry(byAxiosRetry);

const outcome = async (client) => {
  tries = 0;
  const status = await client.get('/').then((answer) => answer.status, (error) => error.response.status);
  return `${status} after ${tries}`;
};
const seen = {};
for (const [when, value] of Object.entries(retryAfter)) {
  header = value;
  seen[when] = { 'retry-axios': await outcome(byRetryAxios), 'axios-retry': await outcome(byAxiosRetry) };
}
server.close();
console.table(seen);
const values = Object.values(seen);
assert.deepEqual(values.map((one) => one['retry-axios']), ['200 after 2', '200 after 2', '503 after 1', '503 after 1']);
assert.deepEqual(values.map((one) => one['axios-retry']), Array(4).fill('200 after 2'));
JS
node run.mjs
