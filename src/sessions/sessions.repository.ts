import { Injectable } from '@nestjs/common';
import { createBatcher } from '../database/create-batcher.js';
import { Database, type Transaction } from '../database/database.js';
import type { ClientInfo } from '../http/access.js';
import type { Role } from '../users/role.js';

/** Whom a login found, with the password hash that it verified. */
export interface SessionOwner {
  id: number;
  password_hash: string;
}

export interface OpenSession {
  id: string;
  user_id: number;
  role: Role;
}

export interface ListedSession {
  id: string;
  user_agent: string;
  address: string;
  created_at: Date;
  last_used_at: Date;
}

export interface RefreshState {
  user_id: number;
  seed: Buffer;
  generation: number;
  /** Rotated so recently that the predecessor may still be in use in another tab. */
  just_rotated: boolean;
}

const OPEN = `s.ended_at IS NULL AND s.expires_at > now() AND u.deleted_at IS NULL`;

@Injectable()
export class SessionsRepository {
  constructor(private readonly database: Database) {}

  /**
   * Opens a session for whoever still has this password: a change of it, which locks the user's row first, either
   * comes before and is seen here, or comes after and ends this session with the others.
   *
   * @param lifetime PostgreSQL interval without use after which the session ends
   * @returns whether the user still has it
   */
  async insert(
    id: string,
    owner: SessionOwner,
    seed: Buffer,
    lifetime: string,
    client: ClientInfo,
  ): Promise<boolean> {
    const rows = await this.database.query(
      `WITH owner AS (
         SELECT id FROM users WHERE id = $2 AND password_hash = $3 AND deleted_at IS NULL FOR SHARE
       )
       INSERT INTO sessions (id, user_id, seed, expires_at, user_agent, address)
       SELECT $1, id, $4, now() + $5::interval, $6, $7 FROM owner
       RETURNING id`,
      [id, owner.id, owner.password_hash, seed, lifetime, client.userAgent, client.address],
    );
    return rows.length === 1;
  }

  readonly findOpen = createBatcher<string, OpenSession | undefined>(async (ids) => {
    const sessions = await this.database.query<OpenSession>(
      `SELECT s.id, s.user_id, u.role FROM sessions s JOIN users u ON u.id = s.user_id
       WHERE s.id = ANY($1::uuid[]) AND ${OPEN}`,
      [ids],
    );
    const byId = new Map(sessions.map((session) => [session.id, session]));
    return ids.map((id) => byId.get(id));
  });

  /** The last used first. */
  findOpenOf(userId: number, limit: number): Promise<ListedSession[]> {
    return this.database.query<ListedSession>(
      `SELECT s.id, s.user_agent, s.address, s.created_at, s.last_used_at
       FROM sessions s JOIN users u ON u.id = s.user_id
       WHERE s.user_id = $1 AND ${OPEN} ORDER BY s.last_used_at DESC, s.id LIMIT $2`,
      [userId, limit],
    );
  }

  /** @returns whether it was open and the user's */
  async endOwn(id: string, userId: number): Promise<boolean> {
    const rows = await this.database.query(
      `UPDATE sessions SET ended_at = now()
       WHERE id = $1 AND user_id = $2 AND ended_at IS NULL AND expires_at > now() RETURNING id`,
      [id, userId],
    );
    return rows.length === 1;
  }

  /** @param grace PostgreSQL interval in which a rotated token's predecessor is no theft */
  findRefreshState(id: string, grace: string): Promise<RefreshState | undefined> {
    return this.database.queryOne<RefreshState>(
      `SELECT s.user_id, s.seed, s.generation, coalesce(s.rotated_at > now() - $2::interval, false) AS just_rotated
       FROM sessions s JOIN users u ON u.id = s.user_id
       WHERE s.id = $1 AND ${OPEN}`,
      [id, grace],
    );
  }

  /** Whether this call was the one that used up `generation`. */
  async rotate(id: string, generation: number, idle: string, absolute: string): Promise<boolean> {
    const rows = await this.database.query(
      `UPDATE sessions SET generation = generation + 1, rotated_at = now(), last_used_at = now(),
              expires_at = least(now() + $3::interval, created_at + $4::interval)
       WHERE id = $1 AND generation = $2 AND ended_at IS NULL
       RETURNING id`,
      [id, generation, idle, absolute],
    );
    return rows.length === 1;
  }

  async prolong(id: string, idle: string, absolute: string): Promise<void> {
    await this.database.query(
      `UPDATE sessions SET last_used_at = now(), expires_at = least(now() + $2::interval, created_at + $3::interval)
       WHERE id = $1 AND ended_at IS NULL`,
      [id, idle, absolute],
    );
  }

  /** Ends a session and opens another for its user in one statement. @returns false when it had ended before */
  async replace(
    id: string,
    successor: string,
    seed: Buffer,
    idle: string,
    absolute: string,
    client: ClientInfo,
  ): Promise<boolean> {
    const rows = await this.database.query(
      `WITH owner AS (
         SELECT id FROM users WHERE id = (SELECT user_id FROM sessions WHERE id = $1) AND deleted_at IS NULL FOR SHARE
       ), ended AS (
         UPDATE sessions SET ended_at = now()
         WHERE id = $1 AND user_id = (SELECT id FROM owner) AND ended_at IS NULL AND expires_at > now()
         RETURNING user_id, created_at
       )
       INSERT INTO sessions (id, user_id, seed, created_at, expires_at, user_agent, address)
       SELECT $2, user_id, $3, created_at, least(now() + $4::interval, created_at + $5::interval), $6, $7 FROM ended
       RETURNING id`,
      [id, successor, seed, idle, absolute, client.userAgent, client.address],
    );
    return rows.length === 1;
  }

  async end(id: string): Promise<void> {
    await this.database.query(`UPDATE sessions SET ended_at = now() WHERE id = $1 AND ended_at IS NULL`, [
      id,
    ]);
  }

  async endAllOf(userId: number, except: string | null, tx?: Transaction): Promise<void> {
    await this.database.query(
      `UPDATE sessions SET ended_at = now()
       WHERE user_id = $1 AND ended_at IS NULL AND id IS DISTINCT FROM $2::uuid`,
      [userId, except],
      tx,
    );
  }

  /** @returns how many, at most `limit` */
  async deleteExpired(limit: number): Promise<number> {
    const rows = await this.database.query(
      `DELETE FROM sessions WHERE id IN (SELECT id FROM sessions WHERE expires_at < now() LIMIT $1) RETURNING 1`,
      [limit],
    );
    return rows.length;
  }
}
