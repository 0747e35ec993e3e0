/** How long the app takes from the start of its process to its first `200` from /api/health/ready. */
import { rmSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { APP, freePort, says, scratchFolder, start, stop } from './environment.mjs';

const STARTS = 5;
const POLL_MS = 5;

/** Prints the median, the shortest and the longest time for each kind of start. */
export async function measureStartup() {
  const home = scratchFolder();
  const embedded = { DATA_DIR: path.join(home, 'existing') };
  try {
    await report('first start, database created', (run) => ({ DATA_DIR: path.join(home, `first-${run}`) }));
    await close(await open(embedded));
    await report('existing database, PostgreSQL stopped', () => embedded);
    const holder = await open(embedded);
    await report('existing database, PostgreSQL running', () => embedded);
    await close(holder);
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

async function report(kind, settings) {
  const seconds = [];
  for (let run = 0; run < STARTS; run += 1) {
    const app = await open(settings(run));
    seconds.push(app.seconds);
    await close(app);
  }
  seconds.sort((a, b) => a - b);
  const [least, median, most] = [0, STARTS >> 1, STARTS - 1].map((place) => seconds[place].toFixed(2));
  console.log(`${kind.padEnd(38)} ${median} s (${least}–${most})`);
}

/** Starts the app and waits until it is ready. */
async function open(settings) {
  const port = await freePort();
  const startedAt = performance.now();
  const child = start([process.execPath, ...APP], {
    HOST: '127.0.0.1',
    PORT: String(port),
    LOG_LEVEL: 'warn',
    ...settings,
  });
  const opened = says(child, 'Comptoir is open');
  const url = `http://127.0.0.1:${port}/api/health/ready`;
  const isReady = () =>
    fetch(url).then(
      ({ ok }) => ok,
      () => false,
    );
  while (!(await isReady()) && child.exitCode === null) await pause(POLL_MS);
  const seconds = (performance.now() - startedAt) / 1000;
  await opened;
  return { child, seconds };
}

/** Stops it with SIGINT, which does not wait for a load balancer. */
function close({ child }) {
  return stop(child, 'SIGINT');
}
