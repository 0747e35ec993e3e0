import type { DataSource, EntityManager } from 'typeorm';
import { SESSION } from './data-source.js';

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
 * Keeps the settings of a session with our role in this database, since behind a pooler we open no session ourselves,
 * and gives them to the one at hand, which was opened before. The caller holds the migration lock.
 */
export async function keepSettingsWithRole(tx: EntityManager): Promise<void> {
  const [{ database }] = await tx.query('SELECT quote_ident(current_database()) AS database');
  for (const [name, value] of Object.entries(SESSION)) {
    await tx.query(`ALTER ROLE CURRENT_USER IN DATABASE ${database} SET ${name} = '${value}'`);
    await tx.query(`SET SESSION ${name} = '${value}'`);
  }
}

/** What takes its time may: the settings of those who serve do not count for this transaction. */
export async function withoutHurry(tx: EntityManager): Promise<void> {
  await tx.query(
    `SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0`,
  );
}
