import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import { createSecretKey, hkdfSync, type KeyObject, randomBytes } from 'node:crypto';
import {
  accessSync,
  constants,
  existsSync,
  linkSync,
  mkdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { parseEnv } from 'node:util';
import { ConfigError } from './config-error.js';
import { Environment } from './environment.js';
import { type MediaBucket, parseMediaUrl } from './media-url.js';

/** Without WORKERS. Sixteen processes share PostgreSQL's default of 100 connections. */
const MAX_DEFAULT_WORKERS = 16;

/** The minimum of OWASP's Password Storage Cheat Sheet. */
const SAFE_BCRYPT_COST = 10;

/** All settings, parsed once. Nothing else reads settings from `process.env`. */
export class Config {
  readonly production: boolean;
  readonly port: number;
  readonly host: string;
  /** Processes that `npm run start:cluster` serves with. */
  readonly workers: number;
  /** `undefined`: the embedded PostgreSQL under `dataDir`. */
  readonly databaseUrl: string | undefined;
  /** Standbys of that server. */
  readonly replicaUrls: string[];
  /** `undefined`: rate limits are counted in the database. */
  readonly redisUrl: string | undefined;
  readonly dataDir: string;
  /** The folder of uploaded pictures, served under `/media/`, unless there is a `mediaBucket`. */
  readonly mediaDir: string;
  readonly mediaBucket: MediaBucket | undefined;
  /** The largest uploaded file, in megabytes. */
  readonly maxUploadMb: number;
  /** The largest file of products, and the largest archive of their pictures, in megabytes. */
  readonly maxImportMb: number;
  /** URL under which clients reach this server, as mails, pictures and paging links need it; no trailing slash. */
  readonly publicUrl: string;
  /** The path of that URL, such as `/shop`, or `''`. A proxy may or may not remove it from the paths of requests. */
  readonly publicPath: string;
  /** URL of a frontend with pages for the links in mails; no trailing slash. `undefined`: links lead to the API's pages. */
  readonly frontendUrl: string | undefined;
  /** URL of the shop's pages: `frontendUrl`, or the frontend that is served here; no trailing slash. */
  readonly shopUrl: string;
  /** Base URL of pictures, with a trailing slash. */
  readonly mediaUrl: string;
  readonly corsOrigins: string[];
  /** `undefined`: there is no SMTP server. */
  readonly smtpUrl: string | undefined;
  /** Where mails go: to an SMTP server, to the development mailbox, or nowhere (they stay queued). */
  readonly mailDelivery: 'smtp' | 'mailbox' | 'none';
  readonly mailFrom: { name: string; address: string };
  /** Templates here replace ours of the same name. */
  readonly templatesDir: string;
  /** Fill an empty database with the demo shop. */
  readonly demo: boolean;
  readonly firstAdmin: { email: string; password: string } | undefined;
  /** Cost factor (log2 of the rounds) of new password hashes. */
  readonly bcryptCost: number;
  readonly rateLimit: boolean;
  /** Maximum age of a cached page of the catalogue, in milliseconds; 0 turns the cache off. */
  readonly listCacheMs: number;
  /** Hours after which a pending order is cancelled; 0: never. */
  readonly orderPendingHours: number;
  /** Days after which entries of the audit log are deleted. */
  readonly auditDays: number;
  /** Most units of one product in a cart or an order. */
  readonly maxQuantity: number;
  /** Webhooks may go to this machine and its network, and over plain HTTP. */
  readonly webhookPrivateAddresses: boolean;
  /** Lists in an envelope with count and links, or as bare arrays. */
  readonly listFormat: Environment['LIST_FORMAT'];
  readonly trustProxy: string[] | false;
  /** Whether npm started the process (`npm start`): it then stops when npm ends. */
  readonly startedByNpm: boolean;
  readonly logLevel: Environment['LOG_LEVEL'];
  readonly #secret: string;

  constructor(env: Environment) {
    this.production = env.NODE_ENV === 'production';
    if (this.production) refuseUnsafeProduction(env);
    if (Boolean(env.ADMIN_EMAIL) !== Boolean(env.ADMIN_PASSWORD)) {
      throw new ConfigError('ADMIN_EMAIL and ADMIN_PASSWORD belong together: set both or neither');
    }

    this.port = env.PORT;
    this.host = env.HOST ?? (this.production ? '0.0.0.0' : 'localhost');
    this.workers = env.WORKERS ?? Math.min(availableParallelism(), MAX_DEFAULT_WORKERS);
    this.databaseUrl = env.DATABASE_URL === 'embedded' ? undefined : env.DATABASE_URL;
    this.replicaUrls = env.DATABASE_REPLICA_URLS ?? [];
    this.redisUrl = env.REDIS_URL;
    this.dataDir = path.resolve(env.DATA_DIR);
    refuseUnlessWritable(this.dataDir);
    this.mediaDir = path.join(this.dataDir, 'media');
    this.mediaBucket = env.MEDIA_URL ? parseMediaUrl(env.MEDIA_URL) : undefined;
    this.maxUploadMb = env.MAX_UPLOAD_MB;
    this.maxImportMb = env.MAX_IMPORT_MB;
    const { origin, pathname } = new URL(env.PUBLIC_URL ?? `http://localhost:${env.PORT}`);
    this.publicPath = pathname.replace(/\/+$/, '');
    this.publicUrl = origin + this.publicPath;
    this.frontendUrl = env.FRONTEND_URL?.replace(/\/+$/, '');
    this.shopUrl = this.frontendUrl ?? `${this.publicUrl}/shop`;
    this.mediaUrl = `${this.publicUrl}/media/`;
    this.corsOrigins =
      env.CORS_ORIGINS?.map((entry) => new URL(entry).origin) ?? (this.production ? [] : localFrontends);
    this.smtpUrl = env.SMTP_URL;
    this.mailDelivery = env.SMTP_URL ? 'smtp' : this.production ? 'none' : 'mailbox';
    this.mailFrom = sender(env.MAIL_FROM ?? `Comptoir <no-reply@${new URL(this.publicUrl).hostname}>`);
    this.templatesDir = path.join(this.dataDir, 'templates');
    this.demo = env.DEMO ?? !this.production;
    this.firstAdmin =
      env.ADMIN_EMAIL && env.ADMIN_PASSWORD
        ? { email: env.ADMIN_EMAIL, password: env.ADMIN_PASSWORD }
        : undefined;
    this.bcryptCost = env.BCRYPT_COST;
    this.rateLimit = env.RATE_LIMIT === 'on';
    this.listCacheMs = env.LIST_CACHE_MS;
    this.orderPendingHours = env.ORDER_PENDING_HOURS;
    this.auditDays = env.AUDIT_DAYS;
    this.maxQuantity = env.MAX_QUANTITY;
    this.webhookPrivateAddresses = env.WEBHOOK_PRIVATE_ADDRESSES ?? false;
    this.listFormat = env.LIST_FORMAT;
    this.trustProxy = env.TRUST_PROXY?.length ? env.TRUST_PROXY : false;
    this.startedByNpm = env.npm_lifecycle_event !== undefined;
    this.logLevel = env.LOG_LEVEL;
    this.#secret = env.JWT_SECRET ?? storedSecret(this.dataDir);
  }

  /** A 256-bit key of its own for each purpose, derived from JWT_SECRET by HKDF (RFC 5869). */
  key(
    purpose:
      | 'access-token'
      | 'refresh-token'
      | 'account-link'
      | 'cart-token'
      | 'guest-order'
      | 'idempotency'
      | 'pepper',
  ): KeyObject {
    return createSecretKey(Buffer.from(hkdfSync('sha256', this.#secret, '', `comptoir ${purpose}`, 32)));
  }
}

function sender(text: string): Config['mailFrom'] {
  const named = /^(.+) <(.+)>$/.exec(text);
  return named ? { name: named[1]!, address: named[2]! } : { name: 'Comptoir', address: text };
}

/** Development servers of Angular, React (Vite and CRA), Vue and Next. */
const localFrontends = [3000, 4200, 5173, 8080].flatMap((port) => [
  `http://localhost:${port}`,
  `http://127.0.0.1:${port}`,
]);

/**
 * The environment, and the variables of `.env` that it does not set. `process.env` stays unchanged, so that a worker that
 * is started later reads the file anew.
 */
export function readEnvironment(): NodeJS.ProcessEnv {
  const file = existsSync('.env') ? parseEnv(readFileSync('.env', 'utf8')) : {};
  return { ...file, ...process.env };
}

/** @throws ConfigError when a value is missing, malformed or unsafe. */
export function loadConfig(env: NodeJS.ProcessEnv): Config {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const environment = plainToInstance(Environment, given);
  const [wrong] = validateSync(environment);
  if (wrong) throw new ConfigError(`${wrong.property}: ${Object.values(wrong.constraints!)[0]}`);
  return new Config(environment);
}

function refuseUnsafeProduction(env: Environment): void {
  if (!env.JWT_SECRET) throw new ConfigError('JWT_SECRET must be set in production (at least 32 bytes)');
  if (new Set(env.JWT_SECRET).size < 8 || /change.?me|your.?secret|example/i.test(env.JWT_SECRET)) {
    throw new ConfigError(
      'JWT_SECRET must be random in production, for example from `openssl rand -base64 48`',
    );
  }
  if (env.DEMO) throw new ConfigError('DEMO must not be true in production: its passwords are public');
  if (env.ADMIN_PASSWORD === 'password123') {
    throw new ConfigError('ADMIN_PASSWORD must not be the one of the demo in production');
  }
  if (env.BCRYPT_COST < SAFE_BCRYPT_COST) {
    throw new ConfigError(`BCRYPT_COST must be at least ${SAFE_BCRYPT_COST} in production`);
  }
  if (env.RATE_LIMIT === 'off' && env.ALLOW_UNSAFE !== 'bench') {
    throw new ConfigError(
      'RATE_LIMIT must not be off in production (ALLOW_UNSAFE=bench permits it for a benchmark)',
    );
  }
  if (!env.DATABASE_URL) {
    throw new ConfigError(
      'DATABASE_URL must be set in production ("embedded" says the embedded one on purpose)',
    );
  }
}

function refuseUnlessWritable(dataDir: string): void {
  try {
    mkdirSync(dataDir, { recursive: true });
    accessSync(dataDir, constants.W_OK);
  } catch (error) {
    throw new ConfigError(`DATA_DIR cannot be written to (${(error as NodeJS.ErrnoException).code})`);
  }
}

/** The secret where JWT_SECRET is not set: created once in a file, so that tokens stay valid after a restart. */
function storedSecret(dataDir: string): string {
  const file = path.join(dataDir, 'jwt-secret');
  const draft = `${file}.${process.pid}`;
  try {
    writeFileSync(draft, randomBytes(48).toString('base64'), { mode: 0o600 });
    linkSync(draft, file); // atomic: never half written, and it fails when the file exists
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') {
      throw new ConfigError(`DATA_DIR cannot be written to (${(error as NodeJS.ErrnoException).code})`);
    }
  } finally {
    rmSync(draft, { force: true });
  }
  return readFileSync(file, 'utf8');
}
