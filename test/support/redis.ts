import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { freePort } from './free-port.js';

interface Redis {
  url: string;
  process: ChildProcess;
  stop(): Promise<void>;
}

/** `it`, skipped where the machine has no Redis (see `find-programs.mjs`). */
export const itWithRedis = process.env.TEST_REDIS ? it : it.skip;

/** A Redis server without persistence. */
export async function startRedis(): Promise<Redis> {
  const port = await freePort();
  const settings = ['--port', `${port}`, '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
  const server = spawn(process.env.TEST_REDIS!, settings);
  let output = '';
  await new Promise<void>((resolve, reject) => {
    server.stdout.on('data', (chunk) => {
      output += chunk;
      if (output.includes('Ready to accept connections')) resolve();
    });
    server.once('exit', () => reject(new Error(output)));
  });
  return {
    url: `redis://127.0.0.1:${port}`,
    process: server,
    async stop() {
      const ended = once(server, 'exit');
      server.kill('SIGKILL');
      await ended;
    },
  };
}
