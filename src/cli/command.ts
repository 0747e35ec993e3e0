import progress from 'cli-progress';
import { ConfigError } from '../config/config.js';
import { UnreadableFile } from '../imports/import-file.js';

/** What a command prints instead of a stack trace. */
export class CommandError extends Error {}

/** Runs a command, and ends the process: with its exit code, or with 2 and one message when it fails. */
export async function runCommand(work: (args: string[]) => Promise<number>): Promise<never> {
  try {
    process.exit(await work(process.argv.slice(2)));
  } catch (error) {
    const { message, stack } = error as Error;
    // Of the system and of PostgreSQL.
    const isFromOutside = 'syscall' in (error as Error) || 'severity' in (error as Error);
    const isArgument = String((error as { code?: string }).code).startsWith('ERR_PARSE_ARGS');
    const isExplained = [ConfigError, CommandError, UnreadableFile].some((kind) => error instanceof kind);
    const isKnown = isFromOutside || isArgument || isExplained;
    console.error(isKnown ? message : stack);
    process.exit(2);
  }
}

/** A bar on a terminal, a line every five seconds elsewhere. */
export function progressBar(format: string): progress.SingleBar {
  return new progress.SingleBar({
    format,
    stream: process.stdout,
    noTTYOutput: true,
    notTTYSchedule: 5_000,
  });
}
