import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { freePort, type Shop } from '../support/shop.js';
import { until } from '../support/until.js';
import { load } from './load.js';

const RATES = [5_000, 10_000, 15_000];
const SECONDS = 4;
const TICK_US = 10_000; // USER_HZ is 100 on every Linux

const BARE = `
  const body = JSON.stringify({ status: 503, code: 'busy', detail: 'The shop is busy; try again.' });
  const headers = { 'retry-after': '1', 'content-type': 'application/json', 'content-length': body.length };
  const server = http.createServer((request, response) => response.writeHead(503, headers).end(body));`;

/** The shop's own part, with as many readers as it ever takes. */
const SHOP = `
  const { Admission } = await import('./dist/src/http/admission.js');
  const admission = new Admission([], '');
  const server = admission.serve((request, response) => response.end(), {});
  const hooks = {};
  admission.count({ addHook: (name, hook) => (hooks[name] = hook), decorate() {}, log: { warn() {} } });
  const request = { url: '/api/products', routeOptions: { config: {} } };
  for (let index = 0; index < 1_000; index += 1) hooks.preValidation(request, { raw: { once() {} } }, () => {});`;

/**
 * The cost of a refusal. A process that refuses 12,000 requests a second has the rest of its core for the requests that it
 * accepts, which bounds its goodput at ten times the knee.
 */
it.each([
  ['node:http alone', BARE],
  ['the shop', SHOP],
])('What a refusal costs: %s', async (_who, program) => {
  const port = await freePort();
  const listen = `server.listen(${port}, '127.0.0.1', () => console.log('listening'));`;
  const source = `import http from 'node:http'; ${program} ${listen}`;
  const node = [process.execPath, '--input-type=module', '-e', source];
  const [command, ...args] = availableParallelism() > 1 ? ['taskset', '-c', '0', ...node] : node;
  const server = spawn(command!, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  server.stdout.on('data', (chunk) => (output += chunk));
  await until(() => output.includes('listening'));
  const shop = { url: `http://127.0.0.1:${port}` } as Shop;
  const refusals = ['GET /api/products HTTP/1.1\r\nHost: shop\r\n\r\n'];
  const rows: object[] = [];
  try {
    for (const rate of RATES) {
      const before = ticks(server.pid!);
      const { refuse } = await load(shop, {
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
