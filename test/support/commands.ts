import { type ChildProcess, execFile, fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import type { Shop } from './shop.js';

export interface CommandEnd {
  code: number;
  /** Lines on stderr. */
  told: string[];
  /** The last line on stdout. */
  said: string;
  stdout: string;
  stderr: string;
}

/** Makes a process print its peak memory in KiB when it exits. */
const TELL_PEAK = `data:text/javascript,import{writeSync}from'node:fs';
process.on('exit',()=>writeSync(2,'\\npeak '+process.resourceUsage().maxRSS))`;

/** Runs a command of `src/cli` on the database of a shop, and measures its peak memory. */
export function runCommand(
  shop: Shop,
  name: string,
  args: string[],
): Promise<CommandEnd & { peakMb: number }> {
  const command = ['--import', TELL_PEAK, `dist/src/cli/${name}.js`, ...args];
  return new Promise((resolve) => {
    execFile(process.execPath, command, { env: environmentOf(shop) }, (error, stdout, stderr) => {
      const end = endOf(error ? Number(error.code) : 0, stdout, stderr);
      resolve({ ...end, peakMb: Number(end.told.pop()!.replace('peak ', '')) / 1024 });
    });
  });
}

/** Runs commands as `runCommand` does, one after the other in one process, so that their code is loaded once. */
export class CommandHost {
  private readonly process: ChildProcess;
  private readonly ended: Promise<never>;

  constructor(shop: Shop, env: Record<string, string> = {}) {
    const options = { env: { ...environmentOf(shop), ...env }, execArgv: [], silent: true };
    this.process = fork(path.join(import.meta.dirname, 'command-host.mjs'), options);
    this.ended = once(this.process, 'exit').then(() => {
      throw new Error('the process of the commands ended');
    });
    this.ended.catch(() => {});
  }

  /** @param env settings of this run and of later ones */
  async run(name: string, args: string[], env: Record<string, string> = {}): Promise<CommandEnd> {
    this.process.send({ name, args, env });
    const [{ code, stdout, stderr }] = await Promise.race([once(this.process, 'message'), this.ended]);
    return endOf(code, stdout, stderr);
  }

  stop(): void {
    this.process.kill();
  }
}

function environmentOf(shop: Shop) {
  return {
    PATH: process.env.PATH,
    DATABASE_URL: shop.databaseUrl,
    DATA_DIR: process.env.TEST_DATA_DIR,
  };
}

function endOf(code: number, stdout: string, stderr: string): CommandEnd {
  const told = stderr.split('\n').filter(Boolean);
  return { code, told, said: stdout.trim().split('\n').at(-1)!, stdout, stderr };
}
