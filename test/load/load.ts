import { spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { get } from 'node:http';
import { availableParallelism } from 'node:os';
import { json } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import type { Api } from '../support/api.js';
import type { Shop } from '../support/shop.js';

/** Requests of one kind: a rate per second, and milliseconds. */
export interface Outcome {
  offered: number;
  accepted: number;
  acceptedP99: number;
  /** Responses of 503 with `Retry-After`. */
  refused: number;
  refusedP99: number;
  /** How late the generator sent what was due: its own share of the times above. */
  sentLateP99: number;
  /** Other outcomes, and their number. */
  failed: Record<string, number>;
}

interface Job {
  /** Texts of HTTP requests by kind. */
  kinds: Record<string, string[]>;
  /** Kinds in the order in which they are sent, repeatedly. */
  mix: string[];
  /** Requests a second; without it, every connection sends the next request after its response. */
  rate?: number;
  connections?: number;
  seconds: number;
}

const CORES = availableParallelism();
const GENERATORS_CORE = CORES - 1;

/** The text of a request with this customer's token. */
export function requestText(customer: Api, method: string, path: string, body?: object): string {
  const content = body === undefined ? '' : JSON.stringify(body);
  return [
    `${method} ${path} HTTP/1.1`,
    `Host: ${new URL(customer.url).host}`,
    ...(customer.token ? [`Authorization: Bearer ${customer.token}`] : []),
    ...(content ? ['Content-Type: application/json', `Content-Length: ${content.length}`] : []),
    '',
    content,
  ].join('\r\n');
}

/** Sends load from a process with a core of its own if there are several; see `keepOffGeneratorsCore`. */
export async function load(shop: Shop, job: Job): Promise<Record<string, Outcome>> {
  const port = Number(new URL(shop.url).port);
  const node = [process.execPath, 'test/load/generator.mjs'];
  const [command, ...args] = CORES > 1 ? ['taskset', '-c', String(GENERATORS_CORE), ...node] : node;
  const generator = spawn(command!, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  generator.stdin.end(JSON.stringify({ connections: 4_000, deadlineMs: 2_000, ...job, port }));
  return (await json(generator.stdout)) as Record<string, Outcome>;
}

/** Reserves one core for the generator: the processes of the shop and of PostgreSQL use the others. */
export async function keepOffGeneratorsCore(shop: Shop): Promise<void> {
  if (CORES === 1) return;
  const { rows } = await shop.database.query('SELECT pg_backend_pid() AS pid');
  const postmaster = /PPid:\s+(\d+)/.exec(readFileSync(`/proc/${rows[0].pid}/status`, 'utf8'))![1]!;
  const children = readFileSync(`/proc/${postmaster}/task/${postmaster}/children`, 'utf8').trim().split(' ');
  const others = CORES === 2 ? '0' : `0-${CORES - 2}`;
  for (const pid of [postmaster, ...children, ...shop.processes.map(({ child }) => String(child.pid))]) {
    spawnSync('taskset', ['-a', '-c', '-p', others, pid]);
  }
}

/** Requests liveness on new connections until `meanwhile` is over. */
export async function askWhetherItLives(
  shop: Shop,
  meanwhile: Promise<unknown>,
): Promise<{ asked: number; answered: number }> {
  let over = false;
  void meanwhile.finally(() => (over = true)).catch(() => {});
  const answers: Promise<boolean>[] = [];
  while (!over) {
    answers.push(isAlive(shop));
    await pause(100);
  }
  const answered = (await Promise.all(answers)).filter(Boolean).length;
  return { asked: answers.length, answered };
}

function isAlive(shop: Shop): Promise<boolean> {
  return new Promise((resolve) => {
    const request = get(`${shop.url}/api/health/live`, { agent: false, timeout: 2_000 }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    request.on('error', () => resolve(false));
    request.on('timeout', () => request.destroy());
  });
}
