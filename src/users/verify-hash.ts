import type { Algorithm } from '@node-rs/argon2';
import bcrypt from 'bcrypt';
import {
  createHash,
  createHmac,
  hash as digestOf,
  pbkdf2Sync,
  scryptSync,
  timingSafeEqual,
} from 'node:crypto';
import {
  type BcryptHash,
  ITOA64,
  type MagentoStep,
  type PasswordHash,
  type ScryptHash,
} from './password-hash.js';

const BCRYPT_BYTES = 72;
const ARGON2_SALT_BYTES = 16;
const ARGON2ID: Algorithm.Argon2id = 2;

/** Loads the library with the first such hash, since most shops have none. */
const argon2 = () => import('@node-rs/argon2');

/** The input of bcrypt in our format: the password's SHA-256, since bcrypt ignores bytes after the 72nd. */
export function sha256Hex(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/**
 * For a thread that may be held for so long.
 *
 * @param pepper text that was appended to the password when the hash was made; '' for most
 */
export async function matches(password: string, hash: PasswordHash, pepper: string): Promise<boolean> {
  switch (hash.scheme) {
    case 'pbkdf2': {
      const { salt, iterations, key, digest } = hash;
      return timingSafeEqual(pbkdf2Sync(password, salt, iterations, key.length, digest), key);
    }
    case 'argon2':
      return (await argon2()).verifySync(hash.encoded, password);
    case 'scrypt':
      return matchesScrypt(password, hash);
    case 'phpass':
      return isSame(phpass(password, hash.salt, hash.rounds), hash.hash);
    case 'magento':
      return isSame(await magento(password, hash.salt, hash.steps), hash.hash);
    default:
      return matchesBcrypt(password + pepper, hash);
  }
}

function matchesBcrypt(password: string, { scheme, bcrypt: hash }: BcryptHash): boolean {
  if (scheme === 'bcrypt_sha256') return bcrypt.compareSync(sha256Hex(password), hash);
  if (scheme === 'bcrypt_wordpress') {
    return bcrypt.compareSync(createHmac('sha384', 'wp-sha384').update(password).digest('base64'), hash);
  }
  if (bcrypt.compareSync(password, hash)) return true;
  if (Buffer.byteLength(password) <= BCRYPT_BYTES) return false;
  return bcrypt.compareSync(createHash('sha512').update(password).digest('base64'), hash); // Symfony
}

function matchesScrypt(password: string, { logN, r, p, salt, proof }: ScryptHash): boolean {
  const N = 2 ** logN;
  const key = scryptSync(password, salt, 64, { N, r, p, maxmem: 256 * N * r });
  if ('key' in proof) return timingSafeEqual(key, proof.key);
  return timingSafeEqual(createHmac('sha256', key.subarray(32)).update(proof.header).digest(), proof.mac);
}

/** https://www.openwall.com/phpass/: MD5 over salt and password, then again and again over it and the password. */
function phpass(password: string, salt: string, rounds: number): string {
  const typed = Buffer.from(password);
  let digest = digestOf('md5', Buffer.concat([Buffer.from(salt), typed]), 'buffer');
  for (let round = 0; round < rounds; round += 1) {
    digest = digestOf('md5', Buffer.concat([digest, typed]), 'buffer');
  }
  return base64OfPhpass(digest);
}

/** Three bytes, the lowest first, become four letters of six bits each, the lowest first. */
function base64OfPhpass(bytes: Buffer): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 3) {
    const group = bytes.subarray(at, at + 3);
    const value = group.reduce((sum, byte, index) => sum + byte * 256 ** index, 0);
    for (let letter = 0; letter <= group.length; letter += 1) text += ITOA64[(value >> (6 * letter)) & 63];
  }
  return text;
}

/** Each step hashes what the one before it made, with the same salt. */
async function magento(password: string, salt: string, steps: MagentoStep[]): Promise<string> {
  let text = password;
  for (const step of steps) {
    text = step === 'sha256' ? sha256Hex(salt + text) : await magentoArgon2(text, salt, step);
  }
  return text;
}

async function magentoArgon2(
  text: string,
  salt: string,
  { length, passes, kib }: Exclude<MagentoStep, 'sha256'>,
): Promise<string> {
  const repeated = Buffer.from(salt.repeat(ARGON2_SALT_BYTES)).subarray(0, ARGON2_SALT_BYTES);
  const { hashRawSync } = await argon2();
  const key = hashRawSync(text, {
    salt: repeated,
    algorithm: ARGON2ID,
    outputLen: length,
    timeCost: passes,
    memoryCost: kib,
    parallelism: 1,
  });
  return key.toString('hex');
}

function isSame(computed: string, stored: string): boolean {
  return computed.length === stored.length && timingSafeEqual(Buffer.from(computed), Buffer.from(stored));
}
