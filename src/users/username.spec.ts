import { usernameFrom } from './username.js';

describe('A username made from an e-mail', () => {
  it('is what stands before the @', () => {
    expect(usernameFrom('john.doe+shop@example.com', 1)).toBe('john.doe+shop');
    expect(usernameFrom('Élodie@example.com', 1)).toBe('Élodie');
  });

  it('holds nothing that a username may not hold', () => {
    expect(usernameFrom("o'neill#1@example.com", 1)).toBe('o_neill_1');
    expect(usernameFrom('"a@b"@example.com', 1)).toBe('_a_b_');
  });

  it('gets a number of more digits with each attempt', () => {
    for (const attempt of [2, 3, 8]) {
      expect(usernameFrom('john@example.com', attempt)).toMatch(new RegExp(`^john[1-9]\\d{${attempt - 1}}$`));
    }
  });
});
