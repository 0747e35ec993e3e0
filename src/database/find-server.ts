import type { Config } from '../config/config.js';
import { joinEmbeddedPostgres, startEmbeddedPostgres } from './embedded-postgres.js';

export interface Server {
  /** postgres://… */
  url: string;
  /** Ends what was started for this process. */
  stop(): Promise<void>;
}

/** For a shop: PostgreSQL at DATABASE_URL, or the embedded one, which this process starts and owns. */
export async function findServer({ databaseUrl, dataDir }: Config): Promise<Server> {
  return databaseUrl ? given(databaseUrl) : startEmbeddedPostgres(dataDir);
}

/** For a command: the same, and of a shop that runs, the embedded one that it has. */
export async function joinServer({ databaseUrl, dataDir }: Config): Promise<Server> {
  return databaseUrl ? given(databaseUrl) : joinEmbeddedPostgres(dataDir);
}

function given(url: string): Server {
  return { url, stop: async () => {} };
}
