import { fork } from 'node:child_process';
import { TestEnvironment } from 'jest-environment-node';
import { judgeAnswer } from './judge-answer.mjs';

/** Hosts that a worker keeps for its next file; a file that needs more starts more. */
const KEPT = 3;

/** Processes of `app-host.mjs`. They live as long as Jest's worker, to save the start of a process for each app. */
const idle = [];

function takeHost() {
  const host = idle.pop() ?? startHost();
  host.ref();
  host.channel.ref();
  return host;
}

/** @param host whose app is closed */
function putBackHost(host) {
  if (!isAlive(host)) return;
  if (idle.length >= KEPT) return void host.kill('SIGKILL');
  host.removeAllListeners('message').removeAllListeners('exit').once('exit', forget);
  for (const output of [host.stdout, host.stderr]) output.removeAllListeners('data').resume();
  host.unref(); // an idle host must not keep Jest's worker running
  host.channel.unref();
  idle.push(host);
}

function forget() {
  idle.splice(0, Infinity, ...idle.filter(isAlive));
}

function startHost() {
  const host = fork(new URL('app-host.mjs', import.meta.url), {
    env: { PATH: process.env.PATH },
    execArgv: ['--no-opt'], // most functions run too rarely for optimized code to pay off
    silent: true,
  });
  host.once('exit', forget);
  for (const output of [host.stdout, host.stderr]) output.unref?.();
  return host;
}

function isAlive({ exitCode, signalCode }) {
  return exitCode === null && signalCode === null;
}

/**
 * Jest's Node environment with `appHosts` (processes for the apps of a file) and `judgeAnswer`. The output of the apps is
 * printed when a test fails.
 */
export default class ShopEnvironment extends TestEnvironment {
  #taken = new Set();
  #shown = new Map();

  async setup() {
    await super.setup();
    this.global.openApps = new Set();
    this.global.judgeAnswer = judgeAnswer;
    this.global.appHosts = {
      take: () => {
        const host = takeHost();
        this.#taken.add(host);
        return host;
      },
      putBack: (host) => {
        this.#taken.delete(host);
        putBackHost(host);
      },
    };
  }

  handleTestEvent({ name, test }) {
    if (name !== 'test_done' || test.errors.length === 0) return;
    for (const app of this.global.openApps) {
      const fresh = app.output.slice(this.#shown.get(app));
      this.#shown.set(app, app.output.length);
      if (fresh) this.global.console.error(`${app.url} said last:\n${fresh.slice(-4_000)}`);
    }
  }

  /** Kills the apps that a file, for example a failed one, has not closed. Otherwise Jest would have to kill its worker. */
  async teardown() {
    for (const { child } of this.global.openApps) child.kill('SIGKILL');
    for (const host of this.#taken) host.kill('SIGKILL');
    await super.teardown();
  }
}
