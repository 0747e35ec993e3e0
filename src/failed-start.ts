import { ConfigError } from './config/config.js';

/** Ends the process with what hindered its start: one line when a setting did. */
export function endFailedStart(error: Error): never {
  const { name, message, stack } = error;
  console.error(
    error instanceof ConfigError ? `Comptoir cannot start. ${message}` : (stack ?? `${name}: ${message}`),
  );
  process.exit(1);
}
