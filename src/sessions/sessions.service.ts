import { Injectable } from '@nestjs/common';
import { randomBytes, randomUUID } from 'node:crypto';
import type { Transaction } from '../database/database.js';
import type { ClientInfo, Principal } from '../http/access.js';
import type { Page } from '../http/paging.js';
import { notFound, unauthenticated } from '../http/problem.js';
import { ABSOLUTE_LIFETIME_S, isSessionId, RefreshTokensService } from './refresh-tokens.service.js';
import { type SessionDto, sessionDto } from './sessions.dto.js';
import { type OpenSession, type SessionOwner, SessionsRepository } from './sessions.repository.js';

export const IDLE_LIFETIME_S = 7 * 24 * 3600;
const IDLE_LIFETIME = `${IDLE_LIFETIME_S} seconds`;
const ABSOLUTE_LIFETIME = `${ABSOLUTE_LIFETIME_S} seconds`;
const MOST_LISTED = 100;

export interface RefreshedSession {
  sessionId: string;
  userId: number;
  refresh: string;
  /** Unix time by the database's clock. */
  now: number;
}

/**
 * Logins and their rotating refresh tokens (RFC 9700, section 4.14.2). The tokens of a session are numbered: the newest
 * has the session's `generation`. Its predecessor stays valid until the newest is used, so that clients that keep their
 * first token (SimpleJWT's default) stay signed in, and two tabs that refresh together get the same successor.
 */
@Injectable()
export class SessionsService {
  constructor(
    private readonly sessions: SessionsRepository,
    private readonly tokens: RefreshTokensService,
  ) {}

  /** @throws Problem 401 `no_active_account` when the password was changed since it was verified */
  async open(owner: SessionOwner, client: ClientInfo, tx?: Transaction): Promise<RefreshedSession> {
    const sessionId = randomUUID();
    const seed = randomBytes(32);
    const now = await this.sessions.insert(sessionId, owner, seed, IDLE_LIFETIME, client, tx);
    if (now === undefined) throw noActiveAccount();
    const first = {
      user_id: owner.id,
      seed,
      generation: 0,
      created_at: new Date(now * 1000),
      rotated_at: null,
    };
    return { sessionId, userId: owner.id, refresh: this.tokens.sign(sessionId, first), now };
  }

  /** @throws Problem 401 `token_not_valid`, also for a token whose successor was used, which ends its session */
  async refresh(token: string): Promise<RefreshedSession> {
    const claims = this.tokens.read(token);
    const sessionId = claims?.sid;
    const state = claims && (await this.sessions.findRefreshState(claims.sid));
    if (!sessionId || !state || !this.tokens.isOf(claims, state)) throw invalidRefreshToken();

    const rotatedAt = await this.sessions.rotate(sessionId, claims.gen, IDLE_LIFETIME, ABSOLUTE_LIFETIME);
    const newest = rotatedAt
      ? { ...state, generation: claims.gen + 1, rotated_at: rotatedAt }
      : await this.sessions.findRefreshState(sessionId);
    if (newest?.generation !== claims.gen + 1) {
      await this.sessions.end(sessionId);
      throw invalidRefreshToken();
    }
    if (!rotatedAt) await this.sessions.prolong(sessionId, IDLE_LIFETIME, ABSOLUTE_LIFETIME);
    const refresh = this.tokens.sign(sessionId, newest);
    return { sessionId, userId: state.user_id, refresh, now: state.now };
  }

  /**
   * The session, unless it has ended or expired, or its user was deleted or disabled. It sees everything that any process
   * committed before this call.
   */
  findOpen(id: string): Promise<OpenSession | undefined> {
    return this.sessions.findOpen(id);
  }

  /**
   * Ends the session and opens its successor, which keeps the absolute expiry of the first login.
   *
   * @throws Problem 401 `token_not_valid` when the session has ended meanwhile
   */
  async renew(id: string, client: ClientInfo): Promise<Pick<RefreshedSession, 'sessionId' | 'now'>> {
    const successor = randomUUID();
    const seed = randomBytes(32);
    const now = await this.sessions.replace(id, successor, seed, IDLE_LIFETIME, ABSOLUTE_LIFETIME, client);
    if (now === undefined) throw invalidRefreshToken();
    return { sessionId: successor, now };
  }

  /** Whether a session of this user, open or not, was opened from this address. */
  wasOpenedFrom(address: string, userId: number): Promise<boolean> {
    return this.sessions.wasOpenedFrom(address, userId);
  }

  /** The hundred used last, on one page. */
  async list(user: Principal): Promise<Page<SessionDto>> {
    const sessions = await this.sessions.findOpenOf(user.id, MOST_LISTED);
    const results = sessions.map((session) => sessionDto(session, user.sessionId));
    return { count: results.length, next: null, previous: null, results };
  }

  /** @throws Problem 404 when it is not open, or another user's */
  async endOwn(id: string, user: Principal): Promise<void> {
    if (!isSessionId(id) || !(await this.sessions.endOwn(id, user.id))) {
      throw notFound('session_not_found', 'There is no such session.');
    }
  }

  async end(id: string): Promise<void> {
    await this.sessions.end(id);
  }

  /** @param except session that stays open, or null to end all */
  async endAllOf(userId: number, except: string | null, tx?: Transaction): Promise<void> {
    await this.sessions.endAllOf(userId, except, tx);
  }

  deleteExpired(limit: number): Promise<number> {
    return this.sessions.deleteExpired(limit);
  }
}

/** The same error for every wrong pair of name and password. */
export function noActiveAccount() {
  return unauthenticated('no_active_account', 'No active account found with the given credentials');
}

function invalidRefreshToken() {
  const message = 'Token is invalid or expired';
  const messages = [{ token_class: 'RefreshToken', token_type: 'refresh', message }];
  return unauthenticated('token_not_valid', message, { messages });
}
