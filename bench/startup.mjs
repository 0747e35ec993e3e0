/** How long the app takes from the start of its process to its first `200` from /api/health/ready. */
import { rmSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Environment } from './environment.mjs';
import { median } from './figures.mjs';
import { scratchFolder, startApp, stop } from './processes.mjs';

const STARTS = 5;
const POLL_MS = 5;

/** Prints the median, the shortest and the longest time for each kind of start. */
export async function measureStartup() {
  const home = scratchFolder();
  const environment = await Environment.open();
  try {
    await measureStarts('first start, database created', (run) => ({ DATA_DIR: path.join(home, `${run}`) }));
    await measureStarts('existing database, PostgreSQL stopped', () => ({ DATA_DIR: path.join(home, '0') }));
    const running = { DATA_DIR: environment.dataDir, DATABASE_URL: await environment.createDatabase() };
    await secondsOfStart(running); // migrates the database
    await measureStarts('existing database, PostgreSQL running', () => running);
  } finally {
    await environment.close();
    rmSync(home, { recursive: true, force: true });
  }
}

async function measureStarts(kind, settingsOf) {
  const seconds = [];
  for (let run = 0; run < STARTS; run += 1) seconds.push(await secondsOfStart(settingsOf(run)));
  const [middle, least, most] = [median(seconds), Math.min(...seconds), Math.max(...seconds)].map((figure) =>
    figure.toFixed(2),
  );
  console.log(`${kind.padEnd(38)} ${middle} s (${least}–${most})`);
}

/** Starts the app, waits until it is ready, and stops it. */
async function secondsOfStart(settings) {
  const startedAt = performance.now();
  const app = await startApp({ LOG_LEVEL: 'warn', ...settings });
  const isReady = () =>
    fetch(`${app.url}/api/health/ready`).then(
      ({ ok }) => ok,
      () => false,
    );
  while (!(await isReady()) && app.child.exitCode === null) await pause(POLL_MS);
  const seconds = (performance.now() - startedAt) / 1000;
  await app.opened;
  await stop(app.child);
  return seconds;
}
