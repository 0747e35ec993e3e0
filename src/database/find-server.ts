import type { Config } from '../config/config.js';
import { joinEmbeddedPostgres, startEmbeddedPostgres } from './embedded-postgres.js';

export interface Server {
  /** postgres://… */
  url: string;
  /** Stops a server that was started for this process. */
  stop(): Promise<void>;
}

/** For a shop: PostgreSQL at DATABASE_URL, or else the embedded server, which this process starts and owns. */
export async function findServer({ databaseUrl, dataDir }: Config): Promise<Server> {
  return databaseUrl ? given(databaseUrl) : startEmbeddedPostgres(dataDir);
}

/** For a command: as `findServer`, but it uses the embedded server of a shop that is running. */
export async function joinServer({ databaseUrl, dataDir }: Config): Promise<Server> {
  return databaseUrl ? given(databaseUrl) : joinEmbeddedPostgres(dataDir);
}

function given(url: string): Server {
  return { url, stop: async () => {} };
}
