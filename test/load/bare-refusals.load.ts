import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { freePort, type Shop } from '../support/shop.js';
import { until } from '../support/until.js';
import { load } from './load.js';

const RATES = [5_000, 10_000, 15_000];
const SECONDS = 4;
const TICK_US = 10_000; // USER_HZ is 100 on every Linux

const SERVER = `
  const body = JSON.stringify({ status: 503, code: 'busy', detail: 'The shop is busy; try again.' });
  const headers = { 'retry-after': '1', 'content-type': 'application/json', 'content-length': body.length };
  require('node:http')
    .createServer((request, response) => response.writeHead(503, headers).end(body))
    .listen(Number(process.argv[1]), '127.0.0.1', () => console.log('listening'));`;

/**
 * The least cost of a refusal. A shop that refuses 12,000 requests a second has the rest of its core for the requests that
 * it accepts, which bounds its goodput at ten times the knee.
 */
it('A server of node:http that only refuses', async () => {
  const port = await freePort();
  const node = [process.execPath, '-e', SERVER, String(port)];
  const [command, ...args] = availableParallelism() > 1 ? ['taskset', '-c', '0', ...node] : node;
  const server = spawn(command!, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  server.stdout.on('data', (chunk) => (output += chunk));
  await until(() => output.includes('listening'));
  const bare = { url: `http://127.0.0.1:${port}` } as Shop;
  const refusals = ['GET /api/products HTTP/1.1\r\nHost: shop\r\n\r\n'];
  const rows: object[] = [];
  try {
    for (const rate of RATES) {
      const before = ticks(server.pid!);
      const { refuse } = await load(bare, {
        kinds: { refuse: refusals },
        mix: ['refuse'],
        rate,
        seconds: SECONDS,
      });
      const { offered, refused, refusedP99 } = refuse!;
      const microseconds = ((ticks(server.pid!) - before) * TICK_US) / (refused * SECONDS);
      rows.push({ offered, refused, refusedP99, microseconds: Math.round(microseconds) });
      expect(refused).toBeGreaterThan(0.8 * offered);
    }
  } finally {
    server.kill();
  }
  console.table(rows);
});

/** CPU time; see proc(5). */
function ticks(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
  return Number(fields[11]) + Number(fields[12]);
}
