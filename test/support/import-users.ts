import { execFile } from 'node:child_process';
import type { Shop } from './shop.js';

export interface CommandEnd {
  code: number;
  /** Lines on stderr. */
  told: string[];
  /** The last line on stdout. */
  said: string;
  /** Most memory that the process had at once. */
  peakMb: number;
}

/** Has a process say at its end how many KiB of memory it had at most. */
const TELL_PEAK = `data:text/javascript,import{writeSync}from'node:fs';
process.on('exit',()=>writeSync(2,'\\npeak '+process.resourceUsage().maxRSS))`;

/** `npm run import:users -- args` on the database of a shop. */
export function importUsers(shop: Shop, args: string[]): Promise<CommandEnd> {
  return runCommand(shop, 'import-users', args);
}

/** A command of `src/cli` on the database of a shop. */
export function runCommand(shop: Shop, name: string, args: string[]): Promise<CommandEnd> {
  const env = {
    PATH: process.env.PATH,
    DATABASE_URL: shop.databaseUrl,
    DATA_DIR: process.env.TEST_DATA_DIR,
  };
  const command = ['--import', TELL_PEAK, `dist/src/cli/${name}.js`, ...args];
  return new Promise((resolve) => {
    execFile(process.execPath, command, { env }, (error, stdout, stderr) => {
      const told = stderr.split('\n').filter(Boolean);
      const peakMb = Number(told.pop()!.replace('peak ', '')) / 1024;
      const said = stdout.trim().split('\n').at(-1)!;
      resolve({ code: error ? Number(error.code) : 0, told, said, peakMb });
    });
  });
}
