/** How long the app takes from the start of its process to its first `200` from /api/health/ready, and on what. */
import { spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { APP, freePort } from './processes.mjs';

const LONGEST_START_MS = 60_000;
const POLL_MS = 5;
const STARTS = 5;

/** Prints a line for each kind of start: the median, the shortest and the longest. */
export async function startup() {
  const home = mkdtempSync(path.join(tmpdir(), 'comptoir-startup-'));
  chmodSync(home, 0o711); // PostgreSQL refuses to run as root, and whom it runs as instead has to get in
  const embedded = { DATA_DIR: path.join(home, 'kept') };
  try {
    const first = (run) => ({ DATA_DIR: path.join(home, `first-${run}`) });
    await report('first start, embedded PostgreSQL made', first);
    await stop(await open(embedded));
    await report('embedded PostgreSQL, to be started', () => embedded);
    const holder = await open(embedded);
    try {
      await report('embedded PostgreSQL, running', () => embedded);
      const DATABASE_URL = addressOf(embedded.DATA_DIR);
      await report('DATABASE_URL of a running server', () => ({ ...embedded, DATABASE_URL }));
    } finally {
      await stop(holder);
    }
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

async function report(kind, environment) {
  const runs = [];
  for (let run = 0; run < STARTS; run += 1) {
    const app = await open(environment(run));
    runs.push(app);
    await stop(app);
  }
  runs.sort((a, b) => a.milliseconds - b.milliseconds);
  const median = runs[Math.floor(runs.length / 2)];
  const seconds = runs.map(({ milliseconds }) => (milliseconds / 1000).toFixed(2));
  console.log(
    `${kind.padEnd(38)} ${(median.milliseconds / 1000).toFixed(2)} s (${seconds[0]} to ${seconds.at(-1)}); of these, ${median.parts}`,
  );
}

/** Starts the app and waits until it is ready. */
async function open(settings) {
  const port = await freePort();
  const startedAt = performance.now();
  const child = spawn(process.execPath, APP, {
    env: { PATH: process.env.PATH, HOST: '127.0.0.1', PORT: String(port), LOG_LEVEL: 'warn', ...settings },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (chunk) => (said += chunk));
  while (!(await isReady(port))) {
    if (child.exitCode !== null) throw new Error(`The app ended:\n${said}`);
    if (performance.now() - startedAt > LONGEST_START_MS) {
      child.kill('SIGKILL');
      throw new Error(`The app did not open:\n${said}`);
    }
    await pause(POLL_MS);
  }
  const milliseconds = performance.now() - startedAt;
  while (!said.includes('Comptoir is open')) await pause(POLL_MS);
  return { child, milliseconds, parts: /after [\d.]+ s \((.+)\)\./.exec(said)[1] };
}

async function stop({ child }) {
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGINT'); // which does not wait for a load balancer
  await ended;
}

async function isReady(port) {
  try {
    const { ok } = await fetch(`http://127.0.0.1:${port}/api/health/ready`);
    return ok;
  } catch {
    return false;
  }
}

/** Of the embedded server that runs there. */
function addressOf(dataDir) {
  const home = path.join(dataDir, 'postgres');
  const password = readFileSync(path.join(home, 'password'), 'utf8');
  const [, port] = /^port = (\d+)$/m.exec(readFileSync(path.join(home, 'data', 'postgresql.conf'), 'utf8'));
  return `postgres://comptoir:${password}@127.0.0.1:${port}/comptoir`;
}
