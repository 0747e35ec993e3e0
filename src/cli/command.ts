import progress from 'cli-progress';
import { ConfigError } from '../config/config-error.js';
import { UnreadableFile } from '../imports/import-file.js';

/** An error whose message a command prints instead of a stack trace. */
export class CommandError extends Error {}

/** Runs a command and exits with the code that `work` returns, or with 2 and an error message when it throws. */
export async function runCommand(work: (args: string[]) => Promise<number>): Promise<never> {
  try {
    process.exit(await work(process.argv.slice(2)));
  } catch (error) {
    const { message, stack } = error as Error;
    // Errors of the operating system have a `syscall`, those of PostgreSQL a `severity`.
    const isFromOutside = 'syscall' in (error as Error) || 'severity' in (error as Error);
    const isArgument = String((error as { code?: string }).code).startsWith('ERR_PARSE_ARGS');
    const isExplained = [ConfigError, CommandError, UnreadableFile].some((kind) => error instanceof kind);
    const isKnown = isFromOutside || isArgument || isExplained;
    console.error(isKnown ? message : stack);
    process.exit(2);
  }
}

/** A progress bar on a terminal; elsewhere one line every five seconds. */
export function progressBar(format: string): progress.SingleBar {
  return new progress.SingleBar({
    format,
    stream: process.stdout,
    noTTYOutput: true,
    notTTYSchedule: 5_000,
  });
}
