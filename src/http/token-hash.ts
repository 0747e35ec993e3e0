import { createHash } from 'node:crypto';

/** The SHA-256 by which a random token is stored, so that a copy of the database opens nothing. */
export function tokenHash(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
