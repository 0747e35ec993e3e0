import { applyDecorators } from '@nestjs/common';
import { Transform } from 'class-transformer';
import { IsEmail, IsOptional, ValidateBy } from 'class-validator';
import { isIP } from 'node:net';
import { parseMediaUrl } from './media-url.js';

const SENDER = /^([^<>@"\r\n]+ <[^<>@\s]+@[^<>@\s]+>|[^<>@\s]+@[^<>@\s]+)$/;

/** The variables that the process reads, as `.env.example` explains them. */
export class Environment {
  @OneOf('development', 'test', 'production')
  NODE_ENV: 'development' | 'test' | 'production' = 'development';

  @WholeNumber(1, 65_535)
  PORT = 8000;

  HOST?: string;

  @IsOptional()
  @WholeNumber(1, 256)
  WORKERS?: number;

  @IsOptional()
  @Check(
    (value) => value === 'embedded' || isPostgresUrl(value),
    'a postgres:// address with special characters of its password percent-encoded, or "embedded"',
  )
  DATABASE_URL?: string;

  @IsOptional()
  @ListOf(isPostgresUrl, 'postgres:// addresses')
  DATABASE_REPLICA_URLS?: string[];

  @IsOptional()
  @Check((value) => isUrl(value, /^rediss?:$/), 'a redis:// or rediss:// address')
  REDIS_URL?: string;

  DATA_DIR = 'data';

  @IsOptional()
  @Check((value) => Buffer.byteLength(value) >= 32, 'at least 32 bytes long')
  JWT_SECRET?: string;

  @IsOptional()
  @Check(isPlainUrl, 'an address such as https://www.example.org or https://www.example.org/shop')
  PUBLIC_URL?: string;

  @IsOptional()
  @Check(isPlainUrl, 'an address such as https://www.example.org or https://www.example.org/shop')
  FRONTEND_URL?: string;

  @IsOptional()
  @ListOf((value) => isOrigin(value) && !value.includes('*'), 'origins such as https://shop.example.com')
  CORS_ORIGINS?: string[];

  @IsOptional()
  @Check((value) => isUrl(value, /^smtps?:$/), 'an address such as smtps://user:password@mail.example.com')
  SMTP_URL?: string;

  @IsOptional()
  @Check((value) => SENDER.test(value), '"Name <address>", or an address')
  MAIL_FROM?: string;

  @IsOptional()
  @Flag()
  DEMO?: boolean;

  @IsOptional()
  @IsEmail({}, { message: 'must be an e-mail address' })
  ADMIN_EMAIL?: string;

  @IsOptional()
  @Check(({ length }) => length >= 8 && length <= 128, 'from 8 to 128 characters long')
  ADMIN_PASSWORD?: string;

  @WholeNumber(4, 16)
  BCRYPT_COST = 10;

  @OneOf('on', 'off')
  RATE_LIMIT: 'on' | 'off' = 'on';

  @WholeNumber(0, 3_600_000)
  LIST_CACHE_MS = 1_000;

  @WholeNumber(0, 8_760)
  ORDER_PENDING_HOURS = 72;

  @WholeNumber(1, 36_500)
  AUDIT_DAYS = 400;

  @WholeNumber(1, 1_000_000)
  MAX_QUANTITY = 999;

  @WholeNumber(1, 100)
  MAX_UPLOAD_MB = 10;

  @WholeNumber(1, 2_000)
  MAX_IMPORT_MB = 200;

  @IsOptional()
  @Check(
    (value) => parseMediaUrl(value) !== undefined,
    'an address such as s3://bucket/prefix?endpoint=https://s3.example.com&region=eu-west-1&path_style=true',
  )
  MEDIA_URL?: string;
  @IsOptional()
  @Flag()
  WEBHOOK_PRIVATE_ADDRESSES?: boolean;

  @OneOf('envelope', 'array')
  LIST_FORMAT: 'envelope' | 'array' = 'envelope';

  @IsOptional()
  @OneOf('bench')
  ALLOW_UNSAFE?: 'bench';

  @IsOptional()
  @ListOf(isProxy, 'the addresses or networks of your proxies, never everybody')
  TRUST_PROXY?: string[];

  npm_lifecycle_event?: string;

  @OneOf('trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent')
  LOG_LEVEL: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent' = 'info';
}

function Check<T = string>(isValid: (value: T) => boolean, what: string): PropertyDecorator {
  return ValidateBy({
    name: 'check',
    validator: { validate: (value) => isValid(value as T), defaultMessage: () => `must be ${what}` },
  });
}

function OneOf(...values: string[]): PropertyDecorator {
  return Check((value) => values.includes(value), `one of ${values.join(', ')}`);
}

function Flag(): PropertyDecorator {
  return applyDecorators(
    Transform(({ value }) => ({ true: true, false: false })[value as string] ?? value),
    Check<unknown>((value) => typeof value === 'boolean', 'true or false'),
  );
}

function WholeNumber(min: number, max: number): PropertyDecorator {
  return applyDecorators(
    Transform(({ value }) => (/^\d{1,16}$/.test(value) ? Number(value) : value)),
    Check<unknown>(
      (value) => typeof value === 'number' && value >= min && value <= max,
      `a whole number from ${min} to ${max}`,
    ),
  );
}

/** Separated by commas. */
function ListOf(isEntry: (value: string) => boolean, what: string): PropertyDecorator {
  return applyDecorators(
    Transform(({ value }: { value: string }) =>
      value
        .split(',')
        .map((entry) => entry.trim())
        .filter(Boolean),
    ),
    Check<string[]>((values) => values.every(isEntry), what),
  );
}

/** Also whether its parts can be decoded: the libraries that connect there would throw. */
function isUrl(value: string, expected: RegExp): boolean {
  if (!URL.canParse(value)) return false;
  const { protocol, username, password, pathname } = new URL(value);
  return expected.test(protocol) && [username, password, pathname].every(isDecodable);
}

function isDecodable(part: string): boolean {
  try {
    decodeURIComponent(part);
    return true;
  } catch {
    return false;
  }
}

function isPlainUrl(value: string): boolean {
  if (!isUrl(value, /^https?:$/)) return false;
  const { origin, pathname, href } = new URL(value);
  return href === origin + pathname && /^(\/[\w.~-]+)*\/?$/.test(pathname);
}

function isOrigin(value: string): boolean {
  return isUrl(value, /^https?:$/) && new URL(value).href === `${new URL(value).origin}/`;
}

function isPostgresUrl(value: string): boolean {
  const withHost = value.replace(/@\/(?=[^@]*$)/, '@socket/'); // as in postgres://shop@/shop?host=/run/postgresql
  return /^postgres(ql)?:\/\/./.test(value) && isUrl(withHost, /^postgres(ql)?:$/);
}

/** An IP address, a network other than the whole Internet, or `loopback`. */
function isProxy(entry: string): boolean {
  const [address, prefix, ...rest] = entry.split('/');
  const bits = { 4: 32, 6: 128 }[isIP(address!)];
  if (!bits) return entry === 'loopback';
  const inRange =
    prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) >= 1 && Number(prefix) <= bits);
  return inRange && rest.length === 0;
}
