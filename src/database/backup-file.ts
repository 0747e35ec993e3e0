/*
 * A backup is a gzipped text, so that any version of PostgreSQL reads what another wrote:
 *
 *   {"comptoir_backup":1, …}            the header
 *   {"table":"users","columns":[…]}     for each table, in an order that foreign keys allow
 *   1	ada	…                             its rows as COPY writes them, one a line
 *   \.
 *   {"sequences":[…]}
 *   {"rows":1234,"sha256":"…"}          of all that stands above
 */

export interface BackupHeader {
  comptoir_backup: 1;
  made_at: string;
  /** Of the server. */
  postgresql: string;
  /** Names of those that had run, and the last one of the job queue. */
  migrations: string[];
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

/** How values are written and read: the same on every server. */
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

/** Ours and the job queue's, but for what the header says and for counters that a crash may lose anyway. */
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
