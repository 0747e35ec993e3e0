import { ConfigError } from '../config/config-error.js';

interface ServerError extends NodeJS.ErrnoException {
  /** The error of `pg` that TypeORM wraps. */
  driverError?: ServerError;
}

/** Advice for the operator by PostgreSQL's message about a failed migration. The first match counts. */
const REMEDIES: [RegExp, string][] = [
  [/read-only transaction|during recovery/, 'Give DATABASE_URL of the primary, and one that takes writes'],
  [
    /extension "(\w+)" is not available|could not open extension control file/,
    "Install PostgreSQL's contrib package on the server (on Debian postgresql-contrib)",
  ],
  [
    /permission denied to create extension/,
    'Let a superuser run in this database: CREATE EXTENSION pg_trgm; CREATE EXTENSION unaccent',
  ],
  [/permission denied for schema (\S+)/, 'GRANT USAGE, CREATE ON SCHEMA $1 TO the role of DATABASE_URL'],
  [/permission denied for database (\S+)/, 'GRANT CREATE ON DATABASE $1 TO the role of DATABASE_URL'],
  [
    /permission denied|must be owner/,
    'The role of DATABASE_URL has to own the tables: REASSIGN OWNED BY their owner TO it',
  ],
  [/No space left|could not (extend|write)/, "The server's disk is full"],
];

/** Why the migration failed and what to do about it, in one message. */
export function explainFailedMigration(error: ServerError): Error {
  const { code, message } = error.driverError ?? error;
  if (!code || error instanceof ConfigError) return error;
  const [pattern, remedy] = REMEDIES.find(([said]) => said.test(message)) ?? [];
  const advice = pattern ? ` ${message.replace(new RegExp(`^[^]*?${pattern.source}[^]*$`), remedy!)}.` : '';
  return new ConfigError(`DATABASE_URL: a migration failed and was undone: ${message} (${code}).${advice}`, {
    cause: error,
  });
}

/** Errors of a connection that do not go away by waiting: wrong password, role, database, host name or encryption. */
export function isWrongAddress({ code = '', message }: ServerError): boolean {
  return /^(28|3D000|ENOTFOUND|ERR_TLS|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO)/.test(code) || /SSL/.test(message);
}

/** Why a connection failed, in one message. */
export function explainUnreachable({ code, message, syscall, path }: ServerError): ConfigError {
  const says = (what: string) => new ConfigError(`DATABASE_URL: PostgreSQL ${what} (${code ?? message})`);
  if (syscall === 'open') return new ConfigError(`DATABASE_URL: ${path} cannot be read (${code})`);
  if (/no encryption|SSL off/.test(message))
    return says('takes only TLS: add ?sslmode=verify-full to the address');
  if (/does not support SSL/.test(message)) return says('takes no TLS: leave sslmode out of the address');
  if (/^(ERR_TLS|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO)/.test(code ?? ''))
    return says('has a certificate that is not trusted: add &sslrootcert=/path/to/ca.pem to the address');
  if (code === '28P01' || code === '28000' || /password must be/.test(message))
    return says('does not let this role in');
  if (code === '3D000') return says('has no such database');
  if (/^(22|42|55)/.test(code ?? '')) return says(`refuses the connection: ${message}`);
  return says('does not answer there');
}
