/** A key that makes a retry of a POST safe. `crypto.randomUUID` exists on HTTPS and localhost only. */
export function idempotencyKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
    byte.toString(16).padStart(2, '0'),
  ).join('');
}
