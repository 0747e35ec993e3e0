/*
 * A backup is a gzipped text, so that any version of PostgreSQL reads what another wrote:
 *
 *   {"comptoir_backup":1, …}            the header
 *   {"table":"users","columns":[…]}     for each table, in an order that foreign keys allow
 *   1	ada	…                             its rows as COPY writes them, one a line
 *   \.
 *   {"sequences":[…]}
 *   {"rows":1234,"sha256":"…"}          number of rows, and hash of all lines above
 */

export interface BackupHeader {
  comptoir_backup: 1;
  made_at: string;
  /** Version of the server. */
  postgresql: string;
  /** Names of the migrations that had run. */
  migrations: string[];
  /** Number of the job queue's last migration. */
  queue_migration: number;
}

export interface TableHeader {
  schema: string;
  table: string;
  columns: string[];
}

export interface SequenceState {
  schema: string;
  name: string;
  value: string;
  called: boolean;
}

export interface BackupEnd {
  rows: number;
  sha256: string;
}

export const END_OF_ROWS = '\\.\n';

/** Settings for COPY, so that every server writes and reads values in the same form, without timeouts. */
export const COPY_SESSION = `
  SET LOCAL statement_timeout = 0;
  SET LOCAL lock_timeout = 0;
  SET LOCAL idle_in_transaction_session_timeout = 0;
  SET LOCAL client_encoding = 'UTF8';
  SET LOCAL timezone = 'UTC';
  SET LOCAL datestyle = 'ISO, YMD';
  SET LOCAL intervalstyle = 'postgres';
  SET LOCAL bytea_output = 'hex';
  SET LOCAL extra_float_digits = 3`;

/**
 * Tables of the shop and of the job queue, without the list of migrations, which the header holds, and without unlogged
 * tables, which a crash empties anyway.
 */
export const BACKED_UP_TABLES = `
  SELECT n.nspname AS schema, c.relname AS table, greatest(c.reltuples, 0)::bigint AS estimate,
         array(SELECT a.attname::text FROM pg_attribute a
               WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
               ORDER BY a.attnum) AS columns,
         array(SELECT f.confrelid::regclass::text FROM pg_constraint f
               WHERE f.conrelid = c.oid AND f.contype = 'f' AND NOT f.condeferrable AND f.confrelid <> c.oid) AS refers_to,
         c.oid::regclass::text AS id
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind = 'r' AND c.relpersistence = 'p' AND c.relname <> 'migrations'
    AND n.nspname IN (current_schema(), 'graphile_worker')
    AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
  ORDER BY n.nspname, c.relname`;
