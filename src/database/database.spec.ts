import { isUnreachable } from './database.js';

it('PostgreSQL is unreachable while the socket of its server is missing', () => {
  const missing = (syscall: string) => Object.assign(new Error(), { code: 'ENOENT', syscall });
  expect(isUnreachable(missing('connect'))).toBe(true);
  expect(isUnreachable(missing('open'))).toBe(false);
});
