/** bcrypt's minimum. Hashes above the following limits would occupy a thread for seconds, or too much memory. */
const MIN_BCRYPT_COST = 4;
const MAX_BCRYPT_COST = 16;
const MAX_ITERATIONS = 5_000_000;
const MAX_MEMORY_KIB = 256 * 1024;
const MAX_PASSES = 16;
const MAX_LANES = 16;
const MAX_PHPASS_ROUNDS = 2 ** 17;

/** Below these costs a hash counts as cheaper than one of ours, as far as different functions can be compared. */
const CHEAP_ITERATIONS = 100_000;
const CHEAP_KIB = 16 * 1024;

/** A parsed password hash. bcrypt's `2a` and `2y` become `2b`, which computes the same. */
export type PasswordHash =
  | BcryptHash
  | { scheme: 'pbkdf2'; digest: 'sha1' | 'sha256'; iterations: number; salt: string; key: Buffer }
  | { scheme: 'argon2'; encoded: string; kib: number }
  | ScryptHash
  | { scheme: 'phpass'; rounds: number; salt: string; hash: string }
  | { scheme: 'magento'; steps: MagentoStep[]; salt: string; hash: string };

export interface BcryptHash {
  /** What goes into bcrypt: the password, its SHA-256 (ours and Django's), or its keyed SHA-384 (WordPress 6.8). */
  scheme: 'bcrypt' | 'bcrypt_sha256' | 'bcrypt_wordpress';
  bcrypt: string;
  cost: number;
  /** Sealed text that is appended to the password (Devise). */
  pepper?: string;
  /** Whether it comes from another system, even if it has our format. */
  foreign: boolean;
}

export interface ScryptHash {
  scheme: 'scrypt';
  /** log2 of scrypt's N. */
  logN: number;
  r: number;
  p: number;
  salt: Buffer;
  /** The derived key, or the first 64 bytes of Tarsnap's file header with their MAC (Medusa). */
  proof: { key: Buffer } | { header: Buffer; mac: Buffer };
}

/** A version of Magento's chain: SHA-256 of salt and text, or Argon2id with these limits. */
export type MagentoStep = 'sha256' | { length: number; passes: number; kib: number };

const BCRYPT = /^(bcrypt\$|bcrypt_sha256\$|\$wp)?\$2[aby]\$((\d\d)\$[./A-Za-z0-9]{53})$/;
const SCHEMES = {
  bcrypt$: 'bcrypt',
  bcrypt_sha256$: 'bcrypt_sha256',
  $wp: 'bcrypt_wordpress',
} as const;
const FOREIGN = /^(imported|peppered\$([\w-]{40,512}))\$/;
const PBKDF2 = /^pbkdf2_(sha1|sha256)\$([1-9]\d{0,6})\$([^$]{1,128})\$([A-Za-z0-9+/]{27,43}=)$/;
const ARGON2 =
  /^(?:argon2)?(\$argon2(?:i|id|d)\$v=19\$m=(\d{1,7}),t=(\d{1,3}),p=(\d{1,3})\$[A-Za-z0-9+/]{11,86}\$[A-Za-z0-9+/]{16,128})$/;
const DJANGO_SCRYPT =
  /^scrypt\$([1-9]\d{1,7})\$([^$]{1,128})\$([1-9]\d{0,2})\$([1-9]\d{0,2})\$([A-Za-z0-9+/]{86}==)$/;
const SCRYPT_KDF = /^c2NyeXB0[A-Za-z0-9+/]{120}$/;
const PHPASS = /^\$[PH]\$([./0-9A-Za-z])([./0-9A-Za-z]{8})([./0-9A-Za-z]{22})$/;
const MAGENTO =
  /^([0-9a-f]{64,128}):([^:]{1,128}):((?:[12]|3_\d{1,3}_\d{1,3}_\d{1,10})(?::(?:[12]|3_\d{1,3}_\d{1,3}_\d{1,10})){0,2})$/;

/** The alphabet of phpass, for numbers of six bits. */
export const ITOA64 = './0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** The hash of an account without a password: nothing matches it. */
export const NO_PASSWORD = '!';

/**
 * Parses the formats that a login accepts:
 * - `bcrypt_sha256$$2b$10$…`: ours, which is that of Django's `BCryptSHA256PasswordHasher`;
 * - Django: `pbkdf2_sha256$…`, `pbkdf2_sha1$…`, `bcrypt$…`, `argon2$…`, `scrypt$…`;
 * - Laravel, Symfony, PrestaShop, Devise, Vendure: `$2y$…`, `$2a$…`, `$2b$…`, `$argon2i$…`, `$argon2id$…`;
 * - WordPress: `$P$…` (phpass) and, from 6.8 on, `$wp$2y$…`;
 * - Medusa: the 96 bytes of scrypt-kdf in base64;
 * - Magento 2: `hash:salt:version`, also several versions one upon the other.
 *
 * The prefix `imported$` marks a hash from another system, `peppered$…$` one with this sealed pepper. A bare MD5 or SHA-1
 * is not accepted, since its password can be guessed quickly.
 *
 * @returns undefined for any other format, and for a hash so costly that it would block other logins
 */
export function readHash(stored: string): PasswordHash | undefined {
  const [mark = '', , pepper] = FOREIGN.exec(stored) ?? [];
  const hash = stored.slice(mark.length);
  const bcrypt = readBcrypt(hash);
  if (bcrypt) return { ...bcrypt, pepper, foreign: bcrypt.scheme !== 'bcrypt_sha256' || mark !== '' };
  return readPbkdf2(hash) ?? readArgon2(hash) ?? readScrypt(hash) ?? readPhpass(hash) ?? readMagento(hash);
}

/** A hash in the stored format, around bcrypt of the password's SHA-256. */
export function writeHash(bcrypt: string): string {
  return `bcrypt_sha256$${bcrypt}`;
}

/**
 * The stored form of another system's hash: with a prefix if its format does not show where it comes from.
 *
 * @param sealedPepper text that the other system appended to each password, sealed
 */
export function markForeign(hash: string, sealedPepper?: string): string {
  if (sealedPepper && /^\$2[aby]\$/.test(hash)) return `peppered$${sealedPepper}$${hash}`;
  return hash.startsWith('bcrypt_sha256$') ? `imported$${hash}` : hash;
}

/** Whether a hash is in another format or of another bcrypt cost than a new one would be. */
export function isOutdated(stored: string, newCost: number): boolean {
  const hash = readHash(stored);
  return !hash || isForeign(hash) || (hash as BcryptHash).cost !== newCost;
}

/** Whether the hash comes from another system. */
export function isForeign(hash: PasswordHash): boolean {
  return hash.scheme !== 'bcrypt_sha256' || hash.foreign;
}

/** Whether it is computed faster than a hash of ours of that bcrypt cost. */
export function isCheap(hash: PasswordHash, cost: number): boolean {
  switch (hash.scheme) {
    case 'pbkdf2':
      return hash.iterations < CHEAP_ITERATIONS;
    case 'argon2':
      return hash.kib < CHEAP_KIB;
    case 'scrypt':
      return 2 ** (hash.logN - 3) * hash.r * hash.p < CHEAP_KIB;
    case 'phpass':
      return true;
    case 'magento':
      return hash.steps.every((step) => step === 'sha256');
    default:
      return hash.cost < cost;
  }
}

function readBcrypt(hash: string): BcryptHash | undefined {
  const [, kind, salted, digits] = BCRYPT.exec(hash) ?? [];
  const cost = Number(digits);
  if (!salted || cost < MIN_BCRYPT_COST || cost > MAX_BCRYPT_COST) return undefined;
  const scheme = kind ? SCHEMES[kind as keyof typeof SCHEMES] : 'bcrypt';
  return { scheme, bcrypt: `$2b$${salted}`, cost, foreign: true };
}

function readPbkdf2(hash: string): PasswordHash | undefined {
  const [, digest, iterations, salt, base64] = PBKDF2.exec(hash) ?? [];
  const key = Buffer.from(base64 ?? '', 'base64');
  if (!iterations || Number(iterations) > MAX_ITERATIONS || key.length !== (digest === 'sha1' ? 20 : 32))
    return undefined;
  return {
    scheme: 'pbkdf2',
    digest: digest as 'sha1' | 'sha256',
    iterations: Number(iterations),
    salt: salt!,
    key,
  };
}

function readArgon2(hash: string): PasswordHash | undefined {
  const [, encoded, memory, passes, lanes] = ARGON2.exec(hash) ?? [];
  const kib = Number(memory);
  if (!encoded || kib > MAX_MEMORY_KIB || Number(passes) > MAX_PASSES || Number(lanes) > MAX_LANES)
    return undefined;
  return { scheme: 'argon2', encoded, kib };
}

function readScrypt(hash: string): ScryptHash | undefined {
  if (SCRYPT_KDF.test(hash)) return readScryptKdf(Buffer.from(hash, 'base64'));
  const [, n, salt, r, p, key] = DJANGO_SCRYPT.exec(hash) ?? [];
  const proof = { key: Buffer.from(key ?? '', 'base64') };
  return withinBounds({
    scheme: 'scrypt',
    logN: Math.log2(Number(n)),
    r: Number(r),
    p: Number(p),
    salt: Buffer.from(salt ?? ''),
    proof,
  });
}

/** `scrypt`, 0, log2 N, r, p, salt, checksum, MAC over the 64 bytes before: https://github.com/Tarsnap/scrypt, FORMAT */
function readScryptKdf(bytes: Buffer): ScryptHash | undefined {
  return withinBounds({
    scheme: 'scrypt',
    logN: bytes.readUInt8(7),
    r: bytes.readUInt32BE(8),
    p: bytes.readUInt32BE(12),
    salt: bytes.subarray(16, 48),
    proof: { header: bytes.subarray(0, 64), mac: bytes.subarray(64) },
  });
}

function withinBounds(hash: ScryptHash): ScryptHash | undefined {
  const { logN, r, p } = hash;
  const isWithin = Number.isInteger(logN) && logN >= 1 && logN < 25 && r >= 1 && p >= 1 && p <= MAX_LANES;
  return isWithin && 2 ** (logN - 3) * r <= MAX_MEMORY_KIB ? hash : undefined;
}

function readPhpass(hash: string): PasswordHash | undefined {
  const [, count, salt, digest] = PHPASS.exec(hash) ?? [];
  const rounds = 2 ** ITOA64.indexOf(count ?? '.');
  return digest && rounds >= 2 ** 7 && rounds <= MAX_PHPASS_ROUNDS
    ? { scheme: 'phpass', rounds, salt: salt!, hash: digest }
    : undefined;
}

function readMagento(hash: string): PasswordHash | undefined {
  const [, digest, salt, versions] = MAGENTO.exec(hash) ?? [];
  if (!digest || !versions) return undefined;
  const steps = versions.split(':').map(magentoStep);
  const isBounded = steps.every(
    (step) =>
      step === 'sha256' || (step.kib <= MAX_MEMORY_KIB && step.passes <= MAX_PASSES && step.length >= 16),
  );
  return isBounded ? { scheme: 'magento', steps, salt: salt!, hash: digest } : undefined;
}

/** Version 2 has libsodium's interactive limits; version 3 names its own: key length, passes, bytes of memory. */
function magentoStep(version: string): MagentoStep {
  if (version === '1') return 'sha256';
  const [, length = 32, passes = 2, bytes = 2 ** 26] = version.split('_').map(Number);
  return { length, passes, kib: bytes / 1024 };
}
