/** Below it bcrypt does not go; above it one login would hold a thread for seconds. */
const MIN_BCRYPT_COST = 4;
const MAX_BCRYPT_COST = 16;
const MAX_ITERATIONS = 5_000_000;

/** A password hash, read. bcrypt's `2a` and `2y` are told as `2b`, which computes the same. */
export type PasswordHash =
  | { scheme: 'bcrypt_sha256' | 'bcrypt'; bcrypt: string; cost: number }
  | { scheme: 'pbkdf2_sha256'; iterations: number; salt: string; key: Buffer };

const BCRYPT = /^(bcrypt_sha256\$)?\$2[aby]\$((\d\d)\$[./A-Za-z0-9]{53})$/;
const PBKDF2 = /^pbkdf2_sha256\$([1-9]\d{0,6})\$([^$]{1,128})\$([A-Za-z0-9+/]{43}=)$/;

/**
 * Reads the formats that a login accepts:
 * - `bcrypt_sha256$$2b$10$…`: ours, which is that of Django's `BCryptSHA256PasswordHasher`;
 * - `pbkdf2_sha256$iterations$salt$hash`: Django's default;
 * - `$2y$…`, `$2a$…`, `$2b$…`: bcrypt of the password itself, Laravel's default; it reads the first 72 bytes only.
 *
 * @returns undefined for any other format, and for one so costly that it would block the logins of others
 */
export function readHash(stored: string): PasswordHash | undefined {
  const bcrypt = BCRYPT.exec(stored);
  if (bcrypt) {
    const cost = Number(bcrypt[3]);
    if (cost < MIN_BCRYPT_COST || cost > MAX_BCRYPT_COST) return undefined;
    return { scheme: bcrypt[1] ? 'bcrypt_sha256' : 'bcrypt', bcrypt: `$2b$${bcrypt[2]}`, cost };
  }
  const [, iterations, salt, key] = PBKDF2.exec(stored) ?? [];
  if (!iterations || Number(iterations) > MAX_ITERATIONS) return undefined;
  return {
    scheme: 'pbkdf2_sha256',
    iterations: Number(iterations),
    salt: salt!,
    key: Buffer.from(key!, 'base64'),
  };
}

/** A hash in the stored format, around bcrypt of the password's SHA-256. */
export function writeHash(bcrypt: string): string {
  return `bcrypt_sha256$${bcrypt}`;
}

/** Whether a hash is in another format or of another bcrypt cost than a new one would be. */
export function isOutdated(stored: string, newCost: number): boolean {
  const hash = readHash(stored);
  return hash?.scheme !== 'bcrypt_sha256' || hash.cost !== newCost;
}
