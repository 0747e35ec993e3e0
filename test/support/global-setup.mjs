import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statfsSync } from 'node:fs';
import { appendFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { findPrograms } from './find-programs.mjs';
import './seed.mjs';

const MEMORY_FOLDER = '/dev/shm';
const LEFTOVER = /^comptoir-test-(\d+)-/;

/** Upper bound of the space that the databases of a run need. */
const NEEDED_BYTES = 2 * 2 ** 30;

/**
 * Starts one PostgreSQL for the whole run with the product's own code, and makes a template in it: the database after the
 * app's first start. Every test file uses a copy of it.
 */
export default async function setUp() {
  execFileSync(process.execPath, ['scripts/build-if-needed.mjs'], { stdio: 'inherit' });
  findPrograms();
  console.log(`SEED=${process.env.SEED}`);

  const { startEmbeddedPostgres } = await import(path.resolve('dist/src/database/embedded-postgres.js'));
  const folder = fastestFolder();
  removeLeftovers(folder);
  const dataDir = mkdtempSync(path.join(folder, `comptoir-test-${process.pid}-`));
  chmodSync(dataDir, 0o711); // otherwise, for root, PostgreSQL uses another folder, which is never deleted
  process.env.TMPDIR = dataDir; // the value of `tmpdir()` in every test file
  await (await startEmbeddedPostgres(dataDir)).stop();
  // The apps of all files share this server, and each opens as many connections as if it had the server to itself.
  await appendFile(path.join(dataDir, 'postgres/data/postgresql.auto.conf'), 'max_connections = 400\n');
  const postgres = await startEmbeddedPostgres(dataDir);
  globalThis.embeddedPostgres = postgres;
  process.env.TEST_DATABASE_URL = postgres.url;
  process.env.TEST_DATA_DIR = dataDir;

  const template = new URL(postgres.url);
  template.pathname = '/template_shop';
  const client = new pg.Client(postgres.url);
  await client.connect();
  await authenticateFast(client);
  await client.query('CREATE DATABASE template_shop');
  await client.end();
  await startOnce({ DATABASE_URL: template.href, DATA_DIR: dataDir });
}

/**
 * A file system in memory with enough room on which programs may be executed, or else the folder for temporary files.
 * PostgreSQL keeps its default settings there, `fsync` included.
 */
function fastestFolder() {
  try {
    const [, , , options] = readFileSync('/proc/mounts', 'utf8')
      .split('\n')
      .map((line) => line.split(' '))
      .find(([, folder, type]) => folder === MEMORY_FOLDER && type === 'tmpfs');
    const { bavail, bsize } = statfsSync(MEMORY_FOLDER);
    if (bavail * bsize >= NEEDED_BYTES && !options.split(',').includes('noexec')) return MEMORY_FOLDER;
  } catch {
    // Not Linux, or nothing is mounted there.
  }
  return tmpdir();
}

/** Deletes the folders of killed runs, which otherwise keep memory occupied. */
function removeLeftovers(folder) {
  for (const name of readdirSync(folder)) {
    const [, pid] = LEFTOVER.exec(name) ?? [];
    if (pid && !isAlive(Number(pid))) rmSync(path.join(folder, name), { recursive: true, force: true });
  }
}

function isAlive(pid) {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/** Stores the same password with one round of hashing, which each of the thousands of connections repeats. */
async function authenticateFast(client) {
  await client.query('SET scram_iterations = 1');
  await client.query(`ALTER ROLE ${client.user} PASSWORD '${client.password}'`);
}

/** Starts the app, waits until it is open, and stops it. */
async function startOnce(env) {
  const app = spawn(process.execPath, ['dist/src/main.js'], {
    env: { PATH: process.env.PATH, PORT: String(await freePort()), BCRYPT_COST: '4', ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  for await (const chunk of app.stdout) {
    said += chunk;
    if (said.includes('Comptoir is open')) break;
  }
  const ended = new Promise((resolve) => app.once('exit', resolve));
  app.kill('SIGINT');
  await ended;
  if (!said.includes('Comptoir is open')) throw new Error(`The template could not be made:\n${said}`);
}

async function freePort() {
  const { createServer } = await import('node:net');
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}
