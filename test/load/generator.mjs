/**
 * Sends requests and reports the responses, in a process of its own, so that a busy shop does not slow it down. It reads
 * a job as JSON from its input and writes the result to its output.
 *
 * With a `rate` requests are sent at their time, however long others take, on a free connection or a new one, and timed
 * from the time at which they were due. Without it, every connection sends the next request after its response.
 */
import net from 'node:net';
import { json } from 'node:stream/consumers';

const TICK_MS = 2;

/** @type {{ port: number, kinds: Record<string, string[]>, mix: string[], rate?: number, connections: number, seconds: number, deadlineMs: number }} */
const job = await json(process.stdin);
const { port, kinds, mix, rate, connections, seconds, deadlineMs } = job;

const outcome = Object.fromEntries(
  Object.keys(kinds).map((kind) => [kind, { sent: 0, late: [], accepted: [], refused: [], failed: {} }]),
);
const idle = [];
let open = 0;
let turn = 0;
const sentOf = Object.fromEntries(Object.keys(kinds).map((kind) => [kind, 0]));

function next() {
  const kind = mix[turn++ % mix.length];
  return { kind, text: kinds[kind][sentOf[kind]++ % kinds[kind].length] };
}

class Connection {
  request = null;
  received = '';

  constructor() {
    open += 1;
    this.socket = net.connect({ port, host: '127.0.0.1', noDelay: true });
    this.socket.setEncoding('latin1');
    this.socket.on('data', (text) => this.receive(text));
    this.socket.on('error', () => {});
    this.socket.on('close', () => this.close());
  }

  send(dueAt) {
    const { kind, text } = next();
    outcome[kind].sent += 1;
    outcome[kind].late.push(performance.now() - dueAt);
    this.request = { kind, dueAt };
    this.received = '';
    this.socket.write(text);
  }

  receive(text) {
    this.received = this.received === '' ? text : this.received + text;
    const bodyAt = this.received.indexOf('\r\n\r\n') + 4;
    if (bodyAt < 4 || !this.request) return;
    const lengthAt = this.received.indexOf('ontent-') === -1 ? -1 : this.received.search(/content-length: /i);
    const length = lengthAt === -1 ? 0 : parseInt(this.received.slice(lengthAt + 16, lengthAt + 26), 10);
    if (this.received.length < bodyAt + length) return;
    this.settle(this.received.slice(9, 12));
    if (rate === undefined) {
      if (performance.now() < endsAt) this.send(performance.now());
    } else idle.push(this);
  }

  settle(status) {
    const { kind, dueAt } = this.request;
    const ms = performance.now() - dueAt;
    this.request = null;
    const { accepted, refused, failed } = outcome[kind];
    if (ms > deadlineMs) failed.late = (failed.late ?? 0) + 1;
    else if (status === '503' && /retry-after: /i.test(this.received)) refused.push(ms);
    else if (status[0] === '2') accepted.push(ms);
    else failed[status] = (failed[status] ?? 0) + 1;
  }

  close() {
    open -= 1;
    const index = idle.indexOf(this);
    if (index !== -1) idle.splice(index, 1);
    if (this.request) this.settle('cut');
  }
}

const startedAt = performance.now();
const endsAt = startedAt + seconds * 1_000;

if (rate === undefined) {
  for (let index = 0; index < connections; index += 1) new Connection().send(startedAt);
  await pause(seconds * 1_000);
} else {
  let due = 0;
  while (performance.now() < endsAt) {
    const now = performance.now();
    for (; startedAt + (due / rate) * 1_000 <= now; due += 1) {
      const dueAt = startedAt + (due / rate) * 1_000;
      const connection = idle.pop() ?? (open < connections ? new Connection() : undefined);
      if (connection) connection.send(dueAt);
      else {
        const { failed } = outcome[next().kind];
        failed['no connection'] = (failed['no connection'] ?? 0) + 1;
      }
    }
    await pause(TICK_MS);
  }
}
await pause(deadlineMs); // the last ones have a response by then, or none

const summary = Object.entries(outcome).map(([kind, { sent, late, accepted, refused, failed }]) => {
  const unanswered = sent - accepted.length - refused.length - sum(Object.values(failed));
  return [
    kind,
    {
      offered: sent / seconds,
      accepted: accepted.length / seconds,
      acceptedP99: p99(accepted),
      refused: refused.length / seconds,
      refusedP99: p99(refused),
      sentLateP99: p99(late),
      failed: { ...failed, ...(unanswered > 0 && { unanswered }) },
    },
  ];
});
process.stdout.write(JSON.stringify(Object.fromEntries(summary)), () => process.exit());

function p99(times) {
  times.sort((a, b) => a - b);
  return times[Math.floor(0.99 * times.length)] ?? 0;
}

function sum(numbers) {
  return numbers.reduce((total, number) => total + number, 0);
}

function pause(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
