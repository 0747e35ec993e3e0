import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { freePort, type Shop } from '../support/shop.js';
import { until } from '../support/until.js';
import { load } from './load.js';

const SECONDS = 4;
const TICK_US = 10_000; // USER_HZ is 100 on every Linux

const BODY = `const body = JSON.stringify({ status: 503, code: 'busy', detail: 'The shop is busy; try again.' });`;

/** Programs that refuse every request. */
export const REFUSING = {
  /** The least that a process of Node can do: whatever arrives gets the same text. */
  'node:net alone': `
    ${BODY}
    const text = 'HTTP/1.1 503 Service Unavailable\\r\\nRetry-After: 1\\r\\nContent-Length: ' + body.length + '\\r\\n\\r\\n' + body;
    const server = net.createServer({ noDelay: true }, (socket) => socket.on('data', () => socket.write(text, 'latin1')));`,

  'node:http alone': `
    ${BODY}
    const headers = { 'retry-after': '1', 'content-type': 'application/json', 'content-length': body.length };
    const server = http.createServer((request, response) => response.writeHead(503, headers).end(body));`,

  /** The shop's own part, with as many readers as it ever takes. */
  'the shop': `
    const { Admission } = await import('./dist/src/http/admission.js');
    const admission = new Admission([], '');
    const server = admission.serve((request, response) => response.end(), {});
    const hooks = {};
    admission.count({ addHook: (name, hook) => (hooks[name] = hook), decorate() {}, log: { warn() {} } });
    const request = { url: '/api/products', routeOptions: { config: {} } };
    for (let index = 0; index < 1_000; index += 1) hooks.preValidation(request, { raw: { once() {} } }, () => {});`,
};

/** A rate per second, milliseconds, and microseconds of the core for one refusal. */
export interface RefusalCost {
  offered: number;
  refused: number;
  refusedP99: number;
  user: number;
  /** The kernel's part of the process, softirqs included unless the kernel counts them apart. */
  system: number;
  /** Softirqs of the core, of all processes: the loopback's client receives in them. */
  softirq: number;
}

/** Starts a program on the first core and lets it refuse requests at each of the rates. */
export async function measureRefusals(who: keyof typeof REFUSING, rates: number[]): Promise<RefusalCost[]> {
  const port = await freePort();
  const listen = `server.listen(${port}, '127.0.0.1', () => console.log('listening'));`;
  const source = `import http from 'node:http'; import net from 'node:net'; ${REFUSING[who]} ${listen}`;
  const node = [process.execPath, '--input-type=module', '-e', source];
  const [command, ...args] = availableParallelism() > 1 ? ['taskset', '-c', '0', ...node] : node;
  const server = spawn(command!, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  server.stdout.on('data', (chunk) => (output += chunk));
  await until(() => output.includes('listening'));
  const shop = { url: `http://127.0.0.1:${port}` } as Shop;
  const kinds = { refuse: ['GET /api/products HTTP/1.1\r\nHost: shop\r\n\r\n'] };
  const costs: RefusalCost[] = [];
  try {
    for (const rate of rates) {
      const before = ticks(server.pid!);
      const { refuse } = await load(shop, { kinds, mix: ['refuse'], rate, seconds: SECONDS });
      const after = ticks(server.pid!);
      const { offered, refused, refusedP99 } = refuse!;
      const each = (what: keyof typeof after) =>
        ((after[what] - before[what]) * TICK_US) / (refused * SECONDS);
      costs.push({
        offered,
        refused,
        refusedP99,
        user: each('user'),
        system: each('system'),
        softirq: each('softirq'),
      });
    }
  } finally {
    server.kill();
  }
  return costs;
}

/** CPU time of a process and of softirqs on the first core; see proc(5). */
function ticks(pid: number) {
  const process = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
  const core = /^cpu0 (.*)/m.exec(readFileSync('/proc/stat', 'utf8'))![1]!.split(' ');
  return { user: Number(process[11]), system: Number(process[12]), softirq: Number(core[6]) };
}
