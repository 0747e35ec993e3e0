import 'reflect-metadata';
import { existsSync } from 'node:fs';
import { loadConfig, readEnvironment } from '../config/config.js';
import { backUp } from '../database/backup.js';
import { joinServer } from '../database/find-server.js';
import { CommandError, progressBar, runCommand } from './command.js';

/** `npm run backup -- FILE`: writes a consistent backup of the whole database while the shop runs. */
await runCommand(async ([file]) => {
  if (!file) throw new CommandError('Say where to: npm run backup -- shop.backup');
  if (existsSync(file)) throw new CommandError(`${file} is there already.`);
  const server = await joinServer(loadConfig(readEnvironment()));
  const bar = progressBar('{bar} {percentage}% | {value} of about {total} rows');
  bar.start(1, 0);
  try {
    const rows = await backUp(server.url, file, (done, estimate) => {
      bar.setTotal(estimate);
      bar.update(done);
    });
    bar.stop();
    console.log(`${file} holds ${rows} rows.`);
  } finally {
    bar.stop();
    await server.stop();
  }
  return 0;
});
