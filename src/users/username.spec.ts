import { usernameFrom } from './username.js';

describe('A username made from an e-mail', () => {
  it('is the part before the @', () => {
    expect(usernameFrom('john.doe+shop@example.com', 1)).toBe('john.doe+shop');
    expect(usernameFrom('Élodie@example.com', 1)).toBe('Élodie');
  });

  it('has only allowed characters', () => {
    expect(usernameFrom("o'neill#1@example.com", 1)).toBe('o_neill_1');
    expect(usernameFrom('"a@b"@example.com', 1)).toBe('_a_b_');
  });

  it('gets a longer number with each attempt', () => {
    for (const attempt of [2, 3, 8]) {
      expect(usernameFrom('john@example.com', attempt)).toMatch(new RegExp(`^john[1-9]\\d{${attempt - 1}}$`));
    }
  });
});
