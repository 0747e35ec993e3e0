import { spawn } from 'node:child_process';
import { chmodSync, mkdtempSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** V8's options of `npm start`. */
const V8_OPTIONS = ['--max-semi-space-size=4', '--heap-growing-percent=50'];

/**
 * Starts the app on a free port, as `npm start` does.
 *
 * @param {Record<string, string>} settings environment variables
 * @param {{ build?: string, pin?: (command: string[]) => string[], nodeOptions?: string[] }} [how] the checkout that is
 *   started, a function that pins the command to a CPU, and further options of Node
 * @returns its address and process, and `opened`, which resolves when it accepts requests
 */
export async function startApp(settings, { build = '.', pin = (command) => command, nodeOptions = [] } = {}) {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const env = { HOST: '127.0.0.1', PORT: String(port), PUBLIC_URL: url, ...settings };
  const script = path.join(build, 'dist/src/main.js');
  const child = start(pin([process.execPath, ...nodeOptions, ...V8_OPTIONS, script]), env);
  return { url, child, pid: child.pid, env, opened: printed(child, 'Comptoir is open') };
}

/** @param {string[]} command */
export function start(command, env) {
  return spawn(command[0], command.slice(1), {
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

/** Waits until a program has printed these words. @throws Error with its output when it exits before */
export async function printed(child, words) {
  let output = '';
  for await (const chunk of child.stdout.iterator({ destroyOnReturn: false })) {
    output += chunk;
    if (output.includes(words)) return void child.stdout.resume();
  }
  throw new Error(`${child.spawnargs.at(-1)} ended: ${output}`);
}

/** SIGINT, other than SIGTERM, does not wait for a load balancer. @throws Error for an exit code other than 0 */
export async function stop(child, signal = 'SIGINT') {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill(signal);
  await ended;
  if (child.exitCode) throw new Error(`${child.spawnargs.at(-1)} ended with exit code ${child.exitCode}`);
}

export async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** A temporary folder that other users may traverse: started as root, PostgreSQL runs as another user. */
export function scratchFolder() {
  const folder = mkdtempSync(path.join(tmpdir(), 'comptoir-bench-'));
  chmodSync(folder, 0o711);
  return folder;
}

/** @returns the body of the response @throws Error for a response that is no success */
export async function postJson(url, body, headers = {}) {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${url}: ${response.status} ${await response.text()}`);
  return /** @type {any} */ (await response.json());
}
