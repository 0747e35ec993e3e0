import { isV1, v1Failure } from './v1-failure.js';

describe('A failure in /api/v1', () => {
  it('depends on the canonical address', () => {
    for (const url of ['/api/v1', '/api/v1/auth/login', '/api/v1?page=1']) expect(isV1(url)).toBe(true);
    for (const url of ['/api/v10', '/api/auth/login', '/api', '/media/api/v1', '*'])
      expect(isV1(url)).toBe(false);
  });

  it('has the first message and the number of others', () => {
    const messageOf = (...messages: string[]) =>
      (v1Failure(400, '', '', { errors: { email: messages } }).body as { message: string }).message;

    expect(messageOf('email is required')).toBe('The email field is required.');
    expect(messageOf('email is required', 'b')).toBe('The email field is required. (and 1 more error)');
    expect(messageOf('Taken!', 'b', 'c')).toBe('Taken! (and 2 more errors)');
  });

  it('names a field in words, and keeps its key', () => {
    expect(
      v1Failure(400, 'validation_failed', 'x', { errors: { birth_date: ['birth_date must be a date'] } }),
    ).toEqual({
      status: 422,
      type: 'application/json',
      body: {
        success: false,
        message: 'The birth date field must be a date.',
        errors: { birth_date: ['The birth date field must be a date.'] },
      },
    });
  });

  it('without fields keeps its status', () => {
    expect(v1Failure(503, 'busy', 'The shop is busy; try again.')).toEqual({
      status: 503,
      type: 'application/json',
      body: { success: false, message: 'The shop is busy; try again.' },
    });
  });
});
