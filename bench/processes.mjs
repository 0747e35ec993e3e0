import { spawn } from 'node:child_process';
import { createServer } from 'node:net';

/** The app as `npm start` starts it. */
export const APP = ['--max-semi-space-size=4', 'dist/src/main.js'];

export function start([command, ...args], env) {
  return spawn(command, args, {
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

/**
 * Waits until a program says these words.
 *
 * @throws Error with what it said instead
 */
export async function says(child, words) {
  let said = '';
  await new Promise((resolve, reject) => {
    child.stdout.on('data', (chunk) => {
      said += chunk;
      if (said.includes(words)) resolve();
    });
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`${child.spawnargs.at(-1)} ended (${code}): ${said}`)));
  });
  child.stdout.removeAllListeners('data').resume();
}

/** Ends a program the way an operator does. */
export async function stop(child) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await ended;
}

export async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  await new Promise((resolve) => server.close(resolve));
  return port;
}
