import type pg from 'pg';
import type { EntityManager } from 'typeorm';
import { SESSION } from './data-source.js';

/**
 * Whether the connection goes through a pooler such as PgBouncer, which may run every transaction on another server
 * connection. The backend pid that a pooler reports at connect is not the pid of the backend that answers.
 */
export async function isBehindPooler(client: pg.Client): Promise<boolean> {
  const { rows } = await client.query('SELECT pg_backend_pid() AS pid');
  return rows[0].pid !== (client as pg.Client & { processID: number }).processID;
}

/**
 * Stores the settings of a session with the role in this database, since the pooler opens the server's sessions, and sets
 * them in the present session. The caller holds the migration lock.
 */
export async function keepSettingsWithRole(tx: EntityManager): Promise<void> {
  const [{ database }] = await tx.query('SELECT quote_ident(current_database()) AS database');
  for (const [name, value] of Object.entries(SESSION)) {
    await tx.query(`ALTER ROLE CURRENT_USER IN DATABASE ${database} SET ${name} = '${value}'`);
    await tx.query(`SET SESSION ${name} = '${value}'`);
  }
}

/** Turns the timeouts off for this transaction. */
export async function withoutHurry(tx: EntityManager): Promise<void> {
  await tx.query(
    `SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0`,
  );
}
