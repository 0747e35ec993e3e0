import { Injectable } from '@nestjs/common';
import { Database, type Transaction } from '../database/database.js';
import type { ClientInfo } from '../http/access.js';
import type { Role } from '../users/role.js';

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

  /** @param lifetime PostgreSQL interval without use after which the session ends */
  async insert(
    id: string,
    userId: number,
    seed: Buffer,
    lifetime: string,
    client: ClientInfo,
  ): Promise<void> {
    await this.database.query(
      `INSERT INTO sessions (id, user_id, seed, expires_at, user_agent, address)
       VALUES ($1, $2, $3, now() + $4::interval, $5, $6)`,
      [id, userId, seed, lifetime, client.userAgent, client.address],
    );
  }

  findOpen(ids: string[]): Promise<OpenSession[]> {
    return this.database.query<OpenSession>(
      `SELECT s.id, s.user_id, u.role FROM sessions s JOIN users u ON u.id = s.user_id
       WHERE s.id = ANY($1::uuid[]) AND ${OPEN}`,
      [ids],
    );
  }

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
      `WITH ended AS (
         UPDATE sessions SET ended_at = now() WHERE id = $1 AND ended_at IS NULL AND expires_at > now()
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

  async deleteExpired(): Promise<void> {
    await this.database.query(`DELETE FROM sessions WHERE expires_at < now()`);
  }
}
