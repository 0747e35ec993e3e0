import { isOutdated, readHash, writeHash } from './password-hash.js';

const BCRYPT = 'Ezl1Q2gO6.WE9DCok0G/vuTozwPlAQ5Np72JGVV01OJ7vt0icxvvK';
const KEY = 'kJE5V+/BK1bR2cDur5NXUx62AXKNqYuxIJHcS+MFYU8=';

describe('A stored password hash', () => {
  it('is read in the formats of Django and Laravel', () => {
    expect(readHash(`bcrypt_sha256$$2b$12$${BCRYPT}`)).toEqual({
      scheme: 'bcrypt_sha256',
      bcrypt: `$2b$12$${BCRYPT}`,
      cost: 12,
      foreign: false,
    });
    for (const version of ['2a', '2b', '2y']) {
      expect(readHash(`$${version}$10$${BCRYPT}`)).toEqual({
        scheme: 'bcrypt',
        bcrypt: `$2b$10$${BCRYPT}`,
        cost: 10,
        foreign: true,
      });
    }
    expect(readHash(`pbkdf2_sha256$260000$salt$${KEY}`)).toEqual({
      scheme: 'pbkdf2',
      digest: 'sha256',
      iterations: 260_000,
      salt: 'salt',
      key: Buffer.from(KEY, 'base64'),
    });
  });

  it.each([
    '',
    'password123',
    '!gRN8Cs6D2mZrm1aGqEnGs9uo7HqQmSxWrkXhY2qk',
    '5f4dcc3b5aa765d61d8327deb882cf99',
    `md5$salt$5f4dcc3b5aa765d61d8327deb882cf99`,
    `argon2$argon2id$v=19$m=102400,t=2,p=8$c2FsdA$aGFzaA`,
    `$2x$10$${BCRYPT}`,
    `$2b$10$${BCRYPT}x`,
    `$2b$10$${BCRYPT}\n`,
    `bcrypt_sha256$$2b$12$${BCRYPT.slice(1)}`,
    `$2b$03$${BCRYPT}`,
    `$2b$31$${BCRYPT}`,
    `pbkdf2_sha256$0$salt$${KEY}`,
    `pbkdf2_sha256$9999999$salt$${KEY}`,
    `pbkdf2_sha256$260000$$${KEY}`,
    `pbkdf2_sha256$260000$salt$${KEY.slice(4)}`,
    `pbkdf2_sha1$260000$salt$${KEY}`,
    `sha1$salt$${'a'.repeat(40)}`,
    `$argon2id$v=19$m=9999999,t=2,p=1$c2FsdHNhbHQ$${'a'.repeat(43)}`,
    `$argon2id$v=19$m=65536,t=99,p=1$c2FsdHNhbHQ$${'a'.repeat(43)}`,
    `scrypt$16383$salt$8$1$${'a'.repeat(86)}==`,
    `scrypt$67108864$salt$8$1$${'a'.repeat(86)}==`,
    Buffer.from(`scrypt\0\xff${'\0'.repeat(88)}`, 'latin1').toString('base64'),
    `$P$Z12345678${'a'.repeat(22)}`,
    `${'a'.repeat(32)}:salt:0`,
    `${'a'.repeat(64)}:salt:0:1`,
    `${'a'.repeat(64)}:salt:3_32_2_99999999999`,
    `peppered$x$$2a$12$${BCRYPT}`,
  ])('in another format, or with a higher cost than allowed, is refused: %j', (stored) =>
    expect(readHash(stored)).toBeUndefined(),
  );

  it('is outdated in another format or with another cost', () => {
    expect(isOutdated(writeHash(`$2b$10$${BCRYPT}`), 10)).toBe(false);
    expect(isOutdated(writeHash(`$2b$12$${BCRYPT}`), 10)).toBe(true);
    expect(isOutdated(writeHash(`$2b$09$${BCRYPT}`), 10)).toBe(true);
    expect(isOutdated(`$2b$10$${BCRYPT}`, 10)).toBe(true);
    expect(isOutdated(`pbkdf2_sha256$260000$salt$${KEY}`, 10)).toBe(true);
  });
});
