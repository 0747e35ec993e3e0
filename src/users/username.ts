import { randomInt } from 'node:crypto';

/**
 * A username made from what stands before the @ of an e-mail.
 *
 * @param attempt from 1; from the second one on a random number follows, of more digits each time
 */
export function usernameFrom(email: string, attempt: number): string {
  const name = email.slice(0, email.lastIndexOf('@')).replace(/[^\p{L}\p{N}.+_-]/gu, '_') || 'user';
  return attempt === 1 ? name : `${name}${randomInt(10 ** (attempt - 1), 10 ** attempt)}`;
}
