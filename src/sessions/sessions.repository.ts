import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { IsNull, Not, Raw, Repository } from 'typeorm';
import { createBatcher } from '../database/create-batcher.js';
import { Database, type Transaction } from '../database/database.js';
import type { ClientInfo } from '../http/access.js';
import type { Role } from '../http/role.js';
import { FIND_OPEN_SESSIONS } from './find-open-sessions.sql.js';
import { OPEN_SESSION } from './open-session.sql.js';
import { REPLACE_SESSION } from './replace-session.sql.js';
import { Session } from './session.entity.js';

/** The user of a login, with the password hash that was verified. */
export interface SessionOwner {
  id: number;
  password_hash: string;
}

export interface OpenSession {
  id: string;
  user_id: number;
  role: Role;
  /** Unix time by the database's clock. */
  now: number;
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
  created_at: Date;
  /** When the newest refresh token was made; null while it is the first. */
  rotated_at: Date | null;
  /** Unix time by the database's clock, in whole seconds. */
  now: number;
}

/** Neither ended nor expired. Deleting a user ends the sessions, so that users need not be checked here. */
const OPEN = { ended_at: IsNull(), expires_at: Raw((column) => `${column} > now()`) };

const ENDED = { ended_at: () => 'now()' };

/** Lifetime of a session that was used now. */
const PROLONGED = 'least(now() + :idle::interval, created_at + :absolute::interval)';

@Injectable()
export class SessionsRepository {
  constructor(
    @InjectRepository(Session) private readonly sessions: Repository<Session>,
    private readonly database: Database,
  ) {}

  /**
   * @param lifetime PostgreSQL interval without use after which the session ends
   * @returns Unix time by the database's clock, or undefined when the user has another password by now
   */
  async insert(
    id: string,
    owner: SessionOwner,
    seed: Buffer,
    lifetime: string,
    client: ClientInfo,
    tx?: Transaction,
  ): Promise<number | undefined> {
    const parameters = [id, owner.id, owner.password_hash, seed, lifetime, client.userAgent, client.address];
    return (await this.database.queryOne<{ now: number }>(OPEN_SESSION, parameters, tx))?.now;
  }

  readonly findOpen = createBatcher<string, OpenSession | undefined>(async (ids) => {
    const sessions = await this.database.query<OpenSession>(FIND_OPEN_SESSIONS, [ids]);
    const byId = new Map(sessions.map((session) => [session.id, session]));
    return ids.map((id) => byId.get(id));
  });

  wasOpenedFrom(address: string, userId: number): Promise<boolean> {
    return this.sessions.existsBy({ user_id: userId, address });
  }

  /** The last used first. */
  findOpenOf(userId: number, limit: number): Promise<ListedSession[]> {
    return this.sessions.find({
      select: { id: true, user_agent: true, address: true, created_at: true, last_used_at: true },
      where: { user_id: userId, ...OPEN },
      order: { last_used_at: 'DESC', id: 'ASC' },
      take: limit,
    });
  }

  /** @returns whether the session was open and belonged to the user */
  async endOwn(id: string, userId: number): Promise<boolean> {
    const { affected } = await this.sessions.update({ id, user_id: userId, ...OPEN }, ENDED);
    return affected === 1;
  }

  findRefreshState(id: string): Promise<RefreshState | undefined> {
    return this.sessions
      .createQueryBuilder('s')
      .select(['s.user_id AS user_id', 's.seed AS seed', 's.generation AS generation'])
      .addSelect(['s.created_at AS created_at', 's.rotated_at AS rotated_at'])
      .addSelect('floor(extract(epoch FROM now()))::float8', 'now')
      .where({ id, ...OPEN })
      .getRawOne<RefreshState>();
  }

  /** @returns the time at which this call replaced `generation`; undefined when it was replaced before */
  async rotate(id: string, generation: number, idle: string, absolute: string): Promise<Date | undefined> {
    const { raw } = await this.sessions
      .createQueryBuilder()
      .update({
        generation: () => 'generation + 1',
        rotated_at: () => 'now()',
        last_used_at: () => 'now()',
        expires_at: () => PROLONGED,
      })
      .where({ id, generation, ended_at: IsNull() })
      .setParameters({ idle, absolute })
      .returning(['rotated_at'])
      .execute();
    return raw[0]?.rotated_at;
  }

  async prolong(id: string, idle: string, absolute: string): Promise<void> {
    await this.sessions
      .createQueryBuilder()
      .update({ last_used_at: () => 'now()', expires_at: () => PROLONGED })
      .where({ id, ended_at: IsNull() })
      .setParameters({ idle, absolute })
      .execute();
  }

  /**
   * Ends a session and opens another for its user in one statement.
   *
   * @returns Unix time by the database's clock, or undefined when the session had ended before
   */
  async replace(
    id: string,
    successor: string,
    seed: Buffer,
    idle: string,
    absolute: string,
    client: ClientInfo,
  ): Promise<number | undefined> {
    const parameters = [id, successor, seed, idle, absolute, client.userAgent, client.address];
    return (await this.database.queryOne<{ now: number }>(REPLACE_SESSION, parameters))?.now;
  }

  async end(id: string): Promise<void> {
    await this.sessions.update({ id, ended_at: IsNull() }, ENDED);
  }

  async endAllOf(userId: number, except: string | null, tx?: Transaction): Promise<void> {
    const sessions = tx?.getRepository(Session) ?? this.sessions;
    const others = except === null ? {} : { id: Not(except) };
    await sessions.update({ user_id: userId, ended_at: IsNull(), ...others }, ENDED);
  }

  /** @returns how many, at most `limit` */
  async deleteExpired(limit: number): Promise<number> {
    const expired = this.sessions.createQueryBuilder('s').select('s.id').where('s.expires_at < now()');
    const { affected } = await this.sessions
      .createQueryBuilder()
      .delete()
      .where(`id IN (${expired.limit(limit).getQuery()})`)
      .execute();
    return affected ?? 0;
  }
}
