import { setTimeout as pause } from 'node:timers/promises';
import type { DataSource, EntityManager } from 'typeorm';
import { SESSION } from './data-source.js';

const NOTICED_WITHIN_MS = 200;

/**
 * Whether a pooler such as PgBouncer stands between, and may give every transaction another connection to the server.
 * The process that a pooler names when a client connects is not the one that then answers.
 */
export async function isBehindPooler(dataSource: DataSource): Promise<boolean> {
  const runner = dataSource.createQueryRunner();
  try {
    const { processID } = (await runner.connect()) as { processID: number };
    const [{ pid }] = (await runner.query('SELECT pg_backend_pid() AS pid')) as [{ pid: number }];
    return pid !== processID;
  } finally {
    await runner.release();
  }
}

/**
 * Keeps the settings of a session with our role in this database, since behind a pooler we open no session ourselves.
 * The caller holds the migration lock.
 *
 * @returns whether they were not kept there yet: then sessions are open that do not have them
 */
export async function keepSettingsWithRole(tx: EntityManager): Promise<boolean> {
  const [{ database, kept }] = (await tx.query(`
    SELECT quote_ident(datname) AS database, coalesce(setconfig, '{}') AS kept
    FROM pg_database LEFT JOIN pg_db_role_setting
      ON setdatabase = pg_database.oid AND setrole = (SELECT oid FROM pg_roles WHERE rolname = current_user)
    WHERE datname = current_database()`)) as [{ database: string; kept: string[] }];
  const missing = Object.entries(SESSION).filter(([name, value]) => !kept.includes(`${name}=${value}`));
  for (const [name, value] of missing) {
    await tx.query(`ALTER ROLE CURRENT_USER IN DATABASE ${database} SET ${name} = '${value}'`);
  }
  return missing.length > 0;
}

/**
 * The pooler opens new ones when it needs them, once it has noticed. Those with a transaction under way stay; ours ends
 * last.
 */
export async function endIdleSessions(dataSource: DataSource): Promise<void> {
  const ended = dataSource.query(`
    SELECT pg_terminate_backend(pid) FROM (
      SELECT pid FROM pg_stat_activity
      WHERE datname = current_database() AND usename = current_user AND (state = 'idle' OR pid = pg_backend_pid())
      ORDER BY pid = pg_backend_pid() OFFSET 0
    ) session`);
  await ended.catch(() => {}); // as intended
  await pause(NOTICED_WITHIN_MS);
}

/** What takes its time may: the settings of those who serve do not count for this transaction. */
export async function withoutHurry(tx: EntityManager): Promise<void> {
  await tx.query(
    `SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0`,
  );
}
