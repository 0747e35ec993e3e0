/** An invalid setting, which stops the start. The message names the variable, never its value. */
export class ConfigError extends Error {
  override name = 'ConfigError';
}
