import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { once } from 'node:events';
import { createWriteStream, type WriteStream } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { loadConfig, readEnvironment } from '../config/config.js';
import { ConfigModule } from '../config/config.module.js';
import { DatabaseModule } from '../database/database.module.js';
import { joinServer } from '../database/find-server.js';
import { openDatabase } from '../database/open-database.js';
import { noteText } from '../imports/import-note.js';
import { type LineReport, sayTotals } from '../imports/import-report.js';
import { ImportsModule } from '../imports/imports.module.js';
import { ProductsImportService, type Written } from '../imports/products-import.service.js';
import { JobsModule } from '../jobs/jobs.module.js';
import { SCHEMA } from '../schema.js';
import { CommandError, progressBar, runCommand } from './command.js';

const USAGE =
  'npm run import:products -- [--dry-run] [--line-by-line] [--pictures=FOLDER] [--report=FILE] products.csv';

interface Command {
  file: string;
  dryRun: boolean;
  lineByLine: boolean;
  pictures?: string;
  report?: string;
}

/** Imports only the services that this command needs. */
class ImportModule {}

/** @throws CommandError when the arguments name no file */
function readCommand(args: string[]): Command {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      'dry-run': { type: 'boolean', default: false },
      'line-by-line': { type: 'boolean', default: false },
      pictures: { type: 'string' },
      report: { type: 'string' },
    },
  });
  if (positionals.length !== 1) throw new CommandError(`Say which file: ${USAGE}`);
  const { 'dry-run': dryRun, 'line-by-line': lineByLine, ...others } = values;
  return { file: positionals[0]!, dryRun, lineByLine, ...others };
}

/**
 * Imports products. A line of the file that was refused or changed is reported on stderr; `--report` writes one line of
 * JSON for every line. Exit code 1 when any was refused, 2 when the file or the database cannot be read.
 */
async function importFile({ file, dryRun, lineByLine, pictures, report }: Command): Promise<number> {
  const config = loadConfig(readEnvironment());
  const database = await openDatabase(await joinServer(config), SCHEMA);
  const imports = [
    ConfigModule.with(config),
    DatabaseModule.over(database.dataSource),
    JobsModule,
    ImportsModule,
  ];
  const context = await NestFactory.createApplicationContext(
    { module: ImportModule, imports },
    { logger: false, abortOnError: false },
  );
  const details = report ? createWriteStream(report) : undefined;
  const bar = progressBar('{bar} {percentage}% | {eta_formatted}');
  bar.start(100, 0);
  let written: Written | undefined;
  try {
    const { totals, unread, isWritten } = await context.get(ProductsImportService).run(file, {
      name: path.basename(file),
      dryRun,
      lineByLine,
      pictures,
      progress: (part) => bar.update(Math.floor(part * 100)),
      report: (lines) => tell(lines, details),
      committed: (now) => (written = now),
    });
    bar.stop();
    if (details) await new Promise<void>((resolve) => details.end(resolve));
    if (unread.length > 0) console.error(`Columns that are not read: ${unread.join(', ')}`);
    console.log(`${sayTotals(totals)}${isWritten || dryRun ? '' : NOTHING_WRITTEN}`);
    return totals.refused === 0 ? 0 : 1;
  } catch (error) {
    bar.stop();
    if (written)
      console.error(`Written before it failed: ${written.created} created, ${written.changed} changed.`);
    throw error;
  } finally {
    bar.stop();
    await context.close();
    await database.close();
  }
}

const NOTHING_WRITTEN = ' Nothing was written.';

/** Writes the reports. It waits while the report's stream is full, so that none pile up in memory. */
async function tell(lines: LineReport[], details: WriteStream | undefined): Promise<void> {
  for (const { line, outcome, notes } of lines) {
    for (const note of notes) console.error(`line ${line}: ${outcome}: ${noteText(note)}`);
  }
  const written = lines.map((each) => `${JSON.stringify(each)}\n`).join('');
  if (details && written && !details.write(written)) await once(details, 'drain');
}

await runCommand((args) => importFile(readCommand(args)));
