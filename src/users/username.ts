import { randomInt } from 'node:crypto';
import { LENGTHS } from '../http/fields.js';
import { identifierKey } from '../http/identifier.js';
import { invalidField } from '../http/problem.js';

/** A name of its own, or an e-mail address, which must be the account's: `refuseAnothersAddress`. */
export const USERNAME = new RegExp(`^([\\p{L}\\p{M}\\p{N}.+_-]{1,${LENGTHS.username}}|.*@.*)$`, 'u');

/**
 * Makes a username from the part of an e-mail before the @.
 *
 * @param attempt from 1; from the second one on a random number is appended, with more digits each time
 */
export function usernameFrom(email: string, attempt: number): string {
  const name = email.slice(0, email.lastIndexOf('@')).replace(/[^\p{L}\p{M}\p{N}.+_-]/gu, '_') || 'user';
  return attempt === 1 ? name : `${name}${randomInt(10 ** (attempt - 1), 10 ** attempt)}`;
}

/** Login takes username or address, so a username must not be another account's address. @throws Problem 400 */
export function refuseAnothersAddress(username: string, email: string): void {
  if (username.includes('@') && identifierKey(username) !== identifierKey(email)) {
    throw anothersEmail();
  }
}

export function anothersEmail() {
  return invalidField('username', 'A username with an @ must be the email itself.');
}
