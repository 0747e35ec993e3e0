import 'reflect-metadata';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { noteText } from '../imports/import-note.js';
import { type LineReport, totalsText } from '../imports/import-report.js';
import { ImportsModule } from '../imports/imports.module.js';
import { ProductsImportService, type Written } from '../imports/products-import.service.js';
import { JobsModule } from '../jobs/jobs.module.js';
import { CommandError, progressBar, runCommand } from './command.js';
import { ReportFile } from './report-file.js';
import { withServices } from './services.js';

const USAGE =
  'npm run import:products -- [--dry-run] [--line-by-line] [--pictures=FOLDER] [--report=FILE] products.csv';

interface Command {
  file: string;
  dryRun: boolean;
  lineByLine: boolean;
  pictures?: string;
  report?: string;
}

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
  const details = new ReportFile(report);
  const bar = progressBar('{bar} {percentage}% | {eta_formatted}');
  let written: Written | undefined;
  try {
    const { totals, unread, isWritten } = await withServices(
      [JobsModule, ImportsModule],
      async (services) => {
        bar.start(100, 0);
        return services
          .get(ProductsImportService)
          .run(file, {
            name: path.basename(file),
            dryRun,
            lineByLine,
            pictures,
            progress: (part) => bar.update(Math.floor(part * 100)),
            report: (lines) => reportLines(lines, details),
            committed: (now) => (written = now),
          })
          .finally(() => bar.stop());
      },
    );
    await details.close();
    if (unread.length > 0) console.error(`Columns that are not read: ${unread.join(', ')}`);
    console.log(`${totalsText(totals)}${isWritten || dryRun ? '' : NOTHING_WRITTEN}`);
    return totals.refused === 0 ? 0 : 1;
  } catch (error) {
    if (written)
      console.error(`Written before it failed: ${written.created} created, ${written.changed} changed.`);
    throw error;
  }
}

const NOTHING_WRITTEN = ' Nothing was written.';

async function reportLines(lines: LineReport[], details: ReportFile): Promise<void> {
  for (const { line, outcome, notes } of lines) {
    for (const note of notes) console.error(`line ${line}: ${outcome}: ${noteText(note)}`);
  }
  await details.write(lines);
}

await runCommand((args) => importFile(readCommand(args)));
