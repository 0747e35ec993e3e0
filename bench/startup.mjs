/** How long the app takes from the start of its process to its first `200` from /api/health/ready. */
import path from 'node:path';
import { Environment, startArgumentsOf } from './environment.mjs';
import { median } from './figures.mjs';

const STARTS = 5;

/** Prints the median, the shortest and the longest time for each kind of start. */
export async function measureStartup() {
  const environment = await Environment.open();
  const folder = (name) => ({ DATA_DIR: path.join(environment.dataDir, name) });
  try {
    await measureStarts(environment, 'first start, database created', (run) => folder(`${run}`));
    await measureStarts(environment, 'existing database, PostgreSQL stopped', () => folder('0'));
    const running = { ...folder('.'), DATABASE_URL: await environment.createDatabase() };
    await millisecondsOfStart(environment, running); // migrates the database
    await measureStarts(environment, 'existing database, PostgreSQL running', () => running);
  } finally {
    await environment.close();
  }
}

async function measureStarts(environment, kind, settingsOf) {
  const times = [];
  for (let run = 0; run < STARTS; run += 1)
    times.push(await millisecondsOfStart(environment, settingsOf(run)));
  const figures = [median(times), Math.min(...times), Math.max(...times)];
  const [middle, least, most] = figures.map((time) => (time / 1000).toFixed(2));
  console.log(`${kind.padEnd(38)} ${middle} s (${least}–${most})`);
}

/** Starts the app, waits until it is ready, and stops it. */
async function millisecondsOfStart(environment, settings) {
  const startedAt = performance.now();
  const app = await environment.start(startArgumentsOf('.'), { LOG_LEVEL: 'warn', ...settings });
  const { ok } = await fetch(`${app.url}/api/health/ready`);
  if (!ok) throw new Error('it is open, but not ready');
  const milliseconds = performance.now() - startedAt;
  await app.stop();
  return milliseconds;
}
