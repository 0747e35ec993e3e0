import type { Config } from '../config/config.js';
import { startEmbeddedPostgres } from './embedded-postgres.js';

export interface Server {
  /** postgres://… */
  url: string;
  /** Ends what was started for us, if nobody else uses it. */
  stop(): Promise<void>;
}

/** PostgreSQL at DATABASE_URL, or the embedded one, started if need be. */
export async function findServer({ databaseUrl, dataDir }: Config): Promise<Server> {
  return databaseUrl ? { url: databaseUrl, stop: async () => {} } : startEmbeddedPostgres(dataDir);
}
