import cluster, { type Worker } from 'node:cluster';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { FromPrimary } from './http/graceful-stop.js';

/** A worker that lives shorter than this has died young: its successor waits, each time twice as long. */
const YOUNG_MS = 10_000;
const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 30_000;

/** A worker ends itself within nine seconds. One that cannot even do that is killed, within the ten that a stop has. */
const PATIENCE_MS = 9_500;

/** The serving processes of this machine: all alike, each in its place. */
export class Workers {
  private readonly places: Place[];
  private renewal = Promise.resolve();
  private readonly state = { isStopping: false };

  /** @param env what the workers find in theirs beside this process's own */
  constructor(count: number, env?: Record<string, string>) {
    cluster.setupPrimary({ exec: path.join(import.meta.dirname, 'main.js') });
    this.places = Array.from({ length: count }, () => new Place(this.state, env));
  }

  /**
   * The first one alone: it migrates and fills an empty database, and what keeps it from serving keeps them all.
   *
   * @returns false when it ended before it served
   */
  async start(): Promise<boolean> {
    const [first, ...others] = this.places;
    if (!(await first!.fill())) return false;
    await Promise.all(others.map((place) => place.fill().then((filled) => filled || void place.refill())));
    return true;
  }

  /** A new worker in every place, one after the other. When one does not come up, the rest stay who they are. */
  renew(): void {
    this.renewal = this.renewal.then(() => this.renewEach());
  }

  private async renewEach(): Promise<void> {
    for (const [done, place] of this.places.entries()) {
      if (this.state.isStopping) return;
      if (await place.fill()) continue;
      return say(`a new worker ended before it served: ${done} of ${this.places.length} workers are new`);
    }
    say('all workers are new');
  }

  /** @returns whether each of them ended by itself and in order */
  async stop(signal: NodeJS.Signals): Promise<boolean> {
    this.state.isStopping = true;
    const living = Object.values(cluster.workers!) as Worker[];
    const codes = await Promise.all(living.map((worker) => end(worker, () => worker.process.kill(signal))));
    return codes.every((code) => code === 0);
  }
}

class Place {
  private holder?: Worker;
  private filling: Promise<unknown> = Promise.resolve();
  private youngDeaths = 0;

  constructor(
    private readonly state: { isStopping: boolean },
    private readonly env?: Record<string, string>,
  ) {}

  /**
   * Starts a worker, after the one that is starting here. When it serves, it holds this place, and whoever held it
   * leaves.
   *
   * @returns false when it ended before it served
   */
  fill(): Promise<boolean> {
    const filled = this.filling.then(() => this.fillNow());
    this.filling = filled;
    return filled;
  }

  private async fillNow(): Promise<boolean> {
    const bornAt = Date.now();
    const worker = cluster.fork(this.env);
    const ended = endOf(worker);
    const serves = new Promise<true>((resolve) => worker.once('listening', () => resolve(true)));
    if ((await Promise.race([serves, ended])) !== true) return false;

    const predecessor = this.holder;
    this.holder = worker;
    void ended.then(() => this.holder === worker && this.onDeath(worker, Date.now() - bornAt));
    if (predecessor) await end(predecessor, () => predecessor.send('leave' satisfies FromPrimary));
    return true;
  }

  /** Tries until somebody holds the place, less and less often. */
  async refill(): Promise<void> {
    while (!this.holder && !this.state.isStopping) {
      await pause(this.youngDeaths && Math.min(FIRST_WAIT_MS * 2 ** (this.youngDeaths - 1), LONGEST_WAIT_MS));
      this.youngDeaths += 1;
      await this.filling; // a renewal's
      if (!this.holder && !this.state.isStopping) await this.fill();
    }
  }

  private onDeath({ process: { pid, exitCode, signalCode } }: Worker, age: number): void {
    this.holder = undefined;
    if (this.state.isStopping) return;
    say(`worker ${pid} ended (${signalCode ?? `exit code ${exitCode}`}) and is replaced`);
    if (age >= YOUNG_MS) this.youngDeaths = 0;
    void this.refill();
  }
}

/** @returns its exit code, `null` when it was killed */
async function end(worker: Worker, ask: () => void): Promise<number | null> {
  const kill = setTimeout(() => worker.process.kill('SIGKILL'), PATIENCE_MS);
  const ended = endOf(worker);
  ask();
  return ended.finally(() => clearTimeout(kill));
}

function endOf({ process }: Worker): Promise<number | null> {
  if (process.exitCode !== null || process.signalCode !== null) return Promise.resolve(process.exitCode);
  return new Promise((resolve) => {
    process.once('exit', (code) => resolve(code));
    process.once('error', () => process.pid ?? resolve(1)); // it could not even be started
  });
}

function say(what: string): void {
  console.log(`Comptoir (${process.pid}): ${what}`);
}
