/** The two servers that are compared, with the same products and accounts. */
import bcrypt from 'bcrypt';
import { createSecretKey, randomBytes, randomUUID } from 'node:crypto';
import path from 'node:path';
import { SCHEMA } from './baseline/schema.mjs';
import { passwordDigest, signToken } from './credentials.mjs';
import { fillApp, fillBaseline, PASSWORD } from './data.mjs';
import { withClient } from './environment.mjs';
import { freePort } from './processes.mjs';
import { HAS_ADDRESSES } from './virtual-user.mjs';

const BCRYPT_COST = 10;
const TOKEN_LIFETIME_S = 24 * 3600;

export async function startBaseline(environment, { products, accounts }) {
  const databaseUrl = await environment.createDatabase();
  const secret = randomBytes(48).toString('base64');
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  await withClient(databaseUrl, async (client) => {
    await client.query(SCHEMA);
    const passwordHash = await hashPassword();
    await fillBaseline(client, { products, accounts, passwordHash, media: `${url}/media/` });
  });
  const env = { DATABASE_URL: databaseUrl, JWT_SECRET: secret, PORT: String(port) };
  const { pid } = await environment.startServer('bench/baseline/server.mjs', env, 'open');
  const sessions = Array.from({ length: accounts }, (_, index) => ({ id: randomUUID(), user_id: index + 1 }));
  return { url, pid, databaseUrl, accounts: accountsOf(sessions, createSecretKey(secret, 'utf8')) };
}

/**
 * Two production processes of the app on one database: `live` without the read cache, `delivered` with the defaults.
 *
 * @param {string} [profileDir] folder for their CPU profiles
 */
export async function startApps(environment, { products, accounts: count }, profileDir) {
  const databaseUrl = await environment.createDatabase();
  const settings = {
    JWT_SECRET: randomBytes(48).toString('base64'),
    ...(HAS_ADDRESSES ? {} : { RATE_LIMIT: 'off', ALLOW_UNSAFE: 'bench' }),
  };
  const profiled = (name) => ({
    nodeOptions: profileDir
      ? ['--cpu-prof', `--cpu-prof-dir=${profileDir}`, `--cpu-prof-name=${name}.cpuprofile`]
      : [],
  });
  const live = await environment.startApp(databaseUrl, { ...settings, LIST_CACHE_MS: '0' }, profiled('live'));
  const sessions = await withClient(databaseUrl, async (client) =>
    fillApp(client, { products, accounts: count, passwordHash: await hashPassword() }),
  );
  const delivered = await environment.startApp(databaseUrl, settings, profiled('delivered'));
  const { loadConfig } = await import(path.resolve('dist/src/config/config.js'));
  const accounts = accountsOf(sessions, loadConfig(live.env).key('access-token'));
  return { live: { ...live, accounts }, delivered: { ...delivered, accounts } };
}

function hashPassword() {
  return bcrypt.hash(passwordDigest(PASSWORD), BCRYPT_COST);
}

function accountsOf(sessions, key) {
  return sessions.map(({ id, user_id }) => ({
    email: `customer${user_id}@example.com`,
    token: signToken({ userId: Number(user_id), sessionId: id }, key, TOKEN_LIFETIME_S),
  }));
}
