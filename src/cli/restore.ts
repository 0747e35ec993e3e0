import 'reflect-metadata';
import { loadConfig, readEnvironment } from '../config/config.js';
import { joinServer } from '../database/find-server.js';
import { openDatabase } from '../database/open-database.js';
import { readBackupHeader, restore, RestoreError } from '../database/restore.js';
import { SCHEMA } from '../schema.js';
import { CommandError, progressBar, runCommand } from './command.js';

/**
 * `npm run restore -- FILE`: restores a backup into an empty database, on any PostgreSQL that the shop runs on. It runs
 * the migrations that the backup had, copies the rows, and then runs the newer migrations.
 */
await runCommand(async ([file]) => {
  if (!file) throw new CommandError('Say which file: npm run restore -- shop.backup');
  try {
    const { migrations, made_at } = await readBackupHeader(file);
    const schemaOfBackup = {
      ...SCHEMA,
      migrations: SCHEMA.migrations.filter(({ name }) => migrations.includes(name)),
    };
    if (schemaOfBackup.migrations.length < migrations.length) {
      throw new CommandError(`${file} was made by a newer version of the shop. Restore it with that.`);
    }
    const server = await joinServer(loadConfig(readEnvironment()));
    const keep = { url: server.url, stop: async () => {} };
    const bar = progressBar('{value} rows');
    try {
      await (await openDatabase(keep, schemaOfBackup)).close();
      bar.start(0, 0);
      const rows = await restore(server.url, file, (done) => bar.update(done)).finally(() => bar.stop());
      await (await openDatabase(keep, SCHEMA)).close();
      console.log(`${rows} rows as of ${made_at} are restored.`);
    } finally {
      await server.stop();
    }
  } catch (error) {
    if (error instanceof RestoreError) throw new CommandError(error.message, { cause: error });
    throw error;
  }
  return 0;
});
