import { invalidField, notFound } from '../http/problem.js';

export function unknownUser() {
  return notFound('user_not_found', 'There is no such user.');
}

/** @param field of the body that has the password */
export function wrongPassword(field: string) {
  return invalidField(field, 'The current password is missing or wrong.');
}
