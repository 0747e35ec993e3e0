import cluster, { type Worker } from 'node:cluster';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { FromPrimary } from './graceful-stop.js';

const ALIVE_EVERY_MS = 1_000;
/** A worker without a heartbeat for so long is frozen, and is killed. */
const FROZEN_AFTER_S = 10;

/** A worker that lives shorter than this has exited early: the next start waits, each time twice as long. */
const EARLY_EXIT_MS = 10_000;
const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 30_000;

/** A worker ends itself within nine seconds. One that cannot even do that is killed, within the ten that a stop has. */
const PATIENCE_MS = 9_500;

/** The serving processes of this machine: all alike, each in a slot. */
export class Workers {
  private readonly slots: WorkerSlot[];
  private rolling = Promise.resolve();
  private readonly state = { isStopping: false };

  /** @param env additional environment variables of the workers */
  constructor(count: number, env: Record<string, string>) {
    // All workers accept from the same socket: round robin would give a frozen worker its share of the connections.
    cluster.schedulingPolicy = cluster.SCHED_NONE;
    cluster.setupPrimary({ exec: path.join(import.meta.dirname, 'main.js') });
    this.slots = Array.from({ length: count }, () => new WorkerSlot(this.state, env));
  }

  /**
   * Starts the first worker alone, since it migrates and fills an empty database, and then the others.
   *
   * @returns false when it ended before it served
   */
  start(): Promise<boolean> {
    const started = this.startAll();
    this.rolling = started.then(() => undefined);
    return started;
  }

  /**
   * A new worker in every slot, one after the other, once all have started. When one does not come up, the rest stay
   * who they are.
   */
  rollingRestart(): void {
    this.rolling = this.rolling.then(() => this.restartEach());
  }

  private async startAll(): Promise<boolean> {
    const [first, ...others] = this.slots;
    if (!(await first!.start())) {
      this.state.isStopping = true; // whatever was to come after it
      return false;
    }
    await Promise.all(others.map((slot) => slot.start().then((started) => started || void slot.restart())));
    return true;
  }

  private async restartEach(): Promise<void> {
    for (const [done, slot] of this.slots.entries()) {
      if (await slot.start()) continue;
      if (this.state.isStopping) return;
      return say(`a new worker ended before it served: ${done} of ${this.slots.length} workers are new`);
    }
    say('all workers are new');
  }

  /**
   * A worker that is still starting handles no signals yet: the signal itself ends it.
   *
   * @returns whether each of them ended in order
   */
  async stop(signal: NodeJS.Signals): Promise<boolean> {
    this.state.isStopping = true;
    const living = (Object.values(cluster.workers!) as Worker[]).filter((worker) => !worker.isDead());
    await Promise.all(living.map((worker) => end(worker, () => worker.process.kill(signal))));
    return living.every(({ process }) => process.exitCode === 0 || process.signalCode === signal);
  }
}

class WorkerSlot {
  private worker?: Worker;
  private starting: Promise<unknown> = Promise.resolve();
  private earlyExits = 0;

  constructor(
    private readonly state: { isStopping: boolean },
    private readonly env: Record<string, string>,
  ) {}

  /**
   * Starts a worker, after one that is starting in this slot. When the new one serves, it takes the slot, and the former
   * worker drains.
   *
   * @returns false when it ended before it served, or was not started since all of them stop
   */
  start(): Promise<boolean> {
    const started = this.starting.then(() => this.startNow());
    this.starting = started;
    return started;
  }

  private async startNow(): Promise<boolean> {
    if (this.state.isStopping) return false;
    const startedAt = Date.now();
    const worker = cluster.fork(this.env);
    const ended = endOf(worker);
    const serves = new Promise<true>((resolve) => worker.once('listening', () => resolve(true)));
    if ((await Promise.race([serves, ended])) !== true) return false;

    const predecessor = this.worker;
    this.worker = worker;
    killWhenFrozen(worker);
    void ended.then(() => this.worker === worker && this.onExit(worker, Date.now() - startedAt));
    if (predecessor) await end(predecessor, () => predecessor.send('drain' satisfies FromPrimary));
    return true;
  }

  /** Tries until a worker serves in the slot, with back-off. */
  async restart(): Promise<void> {
    while (!this.worker && !this.state.isStopping) {
      await pause(this.earlyExits && Math.min(FIRST_WAIT_MS * 2 ** (this.earlyExits - 1), LONGEST_WAIT_MS));
      this.earlyExits += 1;
      await this.starting; // of a rolling restart
      if (!this.worker && !this.state.isStopping) await this.start();
    }
  }

  private onExit({ process: { pid, exitCode, signalCode } }: Worker, age: number): void {
    this.worker = undefined;
    if (this.state.isStopping) return;
    say(`worker ${pid} ended (${signalCode ?? `exit code ${exitCode}`}) and is replaced`);
    if (age >= EARLY_EXIT_MS) this.earlyExits = 0;
    void this.restart();
  }
}

/** In a worker: sends the primary a heartbeat of the event loop. */
export function reportAlive(): void {
  setInterval(() => process.connected && process.send!('alive'), ALIVE_EVERY_MS).unref();
}

/** Counts seconds instead of reading a clock, so that no worker is killed after the machine or the primary was suspended. */
function killWhenFrozen(worker: Worker): void {
  let silent = 0;
  const watch = setInterval(() => {
    silent += 1;
    if (silent < FROZEN_AFTER_S) return;
    clearInterval(watch);
    say(`worker ${worker.process.pid} has not answered for ${FROZEN_AFTER_S} s and is killed`);
    worker.process.kill('SIGKILL');
  }, ALIVE_EVERY_MS);
  worker.on('message', () => (silent = 0));
  worker.once('exit', () => clearInterval(watch));
}

async function end(worker: Worker, ask: () => void): Promise<void> {
  const kill = setTimeout(() => worker.process.kill('SIGKILL'), PATIENCE_MS);
  const ended = endOf(worker);
  ask();
  await ended;
  clearTimeout(kill);
}

function endOf(worker: Worker): Promise<void> {
  if (worker.isDead()) return Promise.resolve();
  return new Promise((resolve) => {
    worker.process.once('exit', () => resolve());
    worker.process.once('error', () => worker.process.pid ?? resolve()); // it could not even be started
  });
}

function say(what: string): void {
  console.log(`Comptoir (${process.pid}): ${what}`);
}
