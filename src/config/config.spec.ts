import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ConfigError } from './config-error.js';
import { loadConfig } from './config.js';

const SECRET = 'kJ8s0dPq2Lx9vTnB4mWz7RfYc1HgUeA6';

const PRODUCTION = {
  NODE_ENV: 'production',
  DATABASE_URL: 'postgres://shop:hunter2@db.example/shop',
  JWT_SECRET: SECRET,
};

describe('Production', () => {
  it('starts with the required settings', () => {
    const config = loadConfig(PRODUCTION);
    expect(config).toMatchObject({
      production: true,
      port: 8000,
      host: '0.0.0.0',
      databaseUrl: PRODUCTION.DATABASE_URL,
      demo: false,
      rateLimit: true,
      bcryptCost: 10,
      corsOrigins: [],
      trustProxy: false,
    });
  });

  it('uses the embedded database only when that is set', () => {
    expect(loadConfig({ ...PRODUCTION, DATABASE_URL: 'embedded' }).databaseUrl).toBeUndefined();
  });

  it('runs without rate limits only for a benchmark', () => {
    expect(loadConfig({ ...PRODUCTION, RATE_LIMIT: 'off', ALLOW_UNSAFE: 'bench' }).rateLimit).toBe(false);
  });

  it.each([
    ['JWT_SECRET', undefined],
    ['JWT_SECRET', ''],
    ['JWT_SECRET', 'short-but-s3cret'],
    ['JWT_SECRET', 'x'.repeat(64)],
    ['JWT_SECRET', 'change-me-0123456789abcdefghijklmnop'],
    ['JWT_SECRET', 'your-secret-0123456789abcdefghijklmn'],
    ['DEMO', 'true'],
    ['RATE_LIMIT', 'off'],
    ['BCRYPT_COST', '9'],
    ['DATABASE_URL', undefined],
    ['DATABASE_URL', ''],
  ])('refuses %s=%j', (variable, value) => {
    refused({ ...PRODUCTION, [variable]: value }, variable, value);
  });
});

describe('Anywhere', () => {
  let dataDir: string;
  beforeAll(() => (dataDir = mkdtempSync(path.join(tmpdir(), 'comptoir-config-'))));
  afterAll(() => rmSync(dataDir, { recursive: true }));

  it.each([
    ['NODE_ENV', 'prod'],
    ['PORT', '0'],
    ['PORT', '65536'],
    ['PORT', '80.5'],
    ['PORT', 'eighty'],
    ['DATABASE_URL', 'mysql://root:hunter2@db/shop'],
    ['DATABASE_URL', 'hunter2'],
    ['DATABASE_URL', 'postgres://shop:hunter2%zz@db/shop'],
    ['SMTP_URL', 'smtps://shop:hunter2%@mail.example'],
    ['DATABASE_REPLICA_URLS', 'postgres://shop:hunter2@replica/shop,hunter2'],
    ['LIST_CACHE_MS', '-1'],
    ['LIST_CACHE_MS', 'second'],
    ['BCRYPT_COST', '3'],
    ['BCRYPT_COST', '17'],
    ['BCRYPT_COST', 'ten'],
    ['JWT_SECRET', 'hunter2'],
    ['PUBLIC_URL', 'shop.example'],
    ['PUBLIC_URL', 'ftp://shop.example'],
    ['PUBLIC_URL', 'https://shop.example/?q=1'],
    ['PUBLIC_URL', 'https://ada:secret@shop.example'],
    ['FRONTEND_URL', 'shop.example'],
    ['SMTP_URL', 'http://user:hunter2@mail.example.com'],
    ['SMTP_URL', 'hunter2'],
    ['MAIL_FROM', 'hunter2'],
    ['MAIL_FROM', 'A <a@b.c>, hunter2 <x@y.z>'],
    ['CORS_ORIGINS', '*'],
    ['CORS_ORIGINS', 'https://a.example,shop.example'],
    ['CORS_ORIGINS', 'https://*.example'],
    ['CORS_ORIGINS', 'https://a.example/path'],
    ['DEMO', 'yes'],
    ['ADMIN_EMAIL', 'root'],
    ['ADMIN_PASSWORD', 'hunter2'],
    ['RATE_LIMIT', 'no'],
    ['ALLOW_UNSAFE', 'always'],
    ['TRUST_PROXY', 'true'],
    ['LOG_LEVEL', 'loud'],
  ])('refuses %s=%j', (variable, value) => {
    refused({ DATA_DIR: dataDir, [variable]: value }, variable, value);
  });

  it.each([
    'postgres:///shop?host=/run/postgresql&user=shop',
    'postgres://shop@/shop?host=/run/postgresql',
    'postgres://shop:hunter2@%2Frun%2Fpostgresql/shop',
  ])('connects through a socket with DATABASE_URL=%s', (databaseUrl) => {
    expect(loadConfig({ DATA_DIR: dataDir, DATABASE_URL: databaseUrl })).toMatchObject({ databaseUrl });
  });

  it('refuses an incomplete first admin', () => {
    refused({ DATA_DIR: dataDir, ADMIN_EMAIL: 'boss@example.com' }, 'ADMIN_PASSWORD', 'boss@example.com');
    refused({ DATA_DIR: dataDir, ADMIN_PASSWORD: 'hunter2hunter2' }, 'ADMIN_EMAIL', 'hunter2hunter2');
  });

  it('refuses a data folder without write permission', () => {
    refused({ DATA_DIR: '/dev/null/data' }, 'DATA_DIR', '/dev/null/data');
  });

  it('starts without settings, with demo data, for frontends on this machine', () => {
    const config = loadConfig({ DATA_DIR: dataDir, DATABASE_URL: '', JWT_SECRET: '', PORT: '' });
    expect(config).toMatchObject({ production: false, port: 8000, host: 'localhost', demo: true });
    expect(config.publicUrl).toBe('http://localhost:8000');
    expect(config.corsOrigins).toContain('http://localhost:4200');
  });

  it('reads addresses without a trailing slash, and lists without spaces', () => {
    const config = loadConfig({
      DATA_DIR: dataDir,
      PUBLIC_URL: 'https://shop.example/',
      CORS_ORIGINS: ' https://A.example:443/ , http://localhost:4200,', // in the form of an origin
    });
    expect(config.publicUrl).toBe('https://shop.example');
    expect(config.corsOrigins).toEqual(['https://a.example', 'http://localhost:4200']);
  });

  it('creates a secret once, and derives a key for each purpose', () => {
    const keyOf = (env: NodeJS.ProcessEnv, purpose: 'access-token' | 'refresh-token') =>
      loadConfig({ DATA_DIR: dataDir, ...env })
        .key(purpose)
        .export()
        .toString('hex');
    expect(keyOf({}, 'access-token')).toBe(keyOf({}, 'access-token'));
    expect(keyOf({}, 'access-token')).not.toBe(keyOf({}, 'refresh-token'));
    expect(keyOf({ JWT_SECRET: SECRET }, 'access-token')).not.toBe(keyOf({}, 'access-token'));
    expect(keyOf({ JWT_SECRET: SECRET }, 'access-token')).toHaveLength(64);
  });
});

/** The start fails with a message that names the variable and not its value. */
function refused(env: NodeJS.ProcessEnv, variable: string, value: string | undefined): void {
  let error: unknown;
  try {
    loadConfig(env);
  } catch (thrown) {
    error = thrown;
  }
  expect(error).toBeInstanceOf(ConfigError);
  const { message } = error as ConfigError;
  expect(message).toContain(variable);
  // A short value such as `true` is also in the list of allowed values.
  if (value && value.length > 4) expect(message).not.toContain(value);
}
