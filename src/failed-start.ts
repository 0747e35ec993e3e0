import { ConfigError } from './config/config-error.js';

/** Ends the process after a failed start. An invalid setting is reported in one line, without a stack trace. */
export function endFailedStart(error: Error): never {
  const { name, message, stack } = error;
  console.error(
    error instanceof ConfigError ? `Comptoir cannot start. ${message}` : (stack ?? `${name}: ${message}`),
  );
  process.exit(1);
}
