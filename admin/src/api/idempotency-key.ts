/** Makes a POST that is sent twice one. `crypto.randomUUID` is missing on plain HTTP but for localhost. */
export function idempotencyKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
    byte.toString(16).padStart(2, '0'),
  ).join('');
}
