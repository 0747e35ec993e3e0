import { Injectable } from '@nestjs/common';
import { createHmac, randomBytes, randomUUID, timingSafeEqual } from 'node:crypto';
import { Config } from '../config/config.js';
import type { Transaction } from '../database/database.js';
import type { ClientInfo, Principal } from '../http/access.js';
import type { Page } from '../http/paging.js';
import { notFound, unauthenticated } from '../http/problem.js';
import { type SessionDto, sessionDto } from './sessions.dto.js';
import { type OpenSession, type SessionOwner, SessionsRepository } from './sessions.repository.js';

export const IDLE_LIFETIME_S = 7 * 24 * 3600;
const IDLE_LIFETIME = `${IDLE_LIFETIME_S} seconds`;
const ABSOLUTE_LIFETIME = '30 days';
const REUSE_GRACE = '10 seconds';
const MOST_LISTED = 100;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export interface RefreshedSession {
  sessionId: string;
  userId: number;
  refresh: string;
  /** Unix time by the database's clock. */
  now: number;
}

/**
 * Logins and their refresh tokens (RFC 9700, section 4.14.2). A refresh token is
 * `session id | generation | HMAC-SHA-256(server key, both and the session's own 256-bit seed)`: neither the
 * database nor the server's key alone is enough to make one, a used one is recognised without a history of
 * them, and two tabs that refresh together get the same successor.
 */
@Injectable()
export class SessionsService {
  readonly #key;

  constructor(
    private readonly sessions: SessionsRepository,
    private readonly config: Config,
  ) {
    this.#key = config.key('refresh-token');
  }

  /** @throws Problem 401 `no_active_account` when the password was changed since it was verified */
  async open(owner: SessionOwner, client: ClientInfo): Promise<RefreshedSession> {
    const sessionId = randomUUID();
    const seed = randomBytes(32);
    const now = await this.sessions.insert(sessionId, owner, seed, IDLE_LIFETIME, client);
    if (now === undefined) throw noActiveAccount();
    return { sessionId, userId: owner.id, refresh: this.tokenFor(sessionId, 0, seed), now };
  }

  /** @throws Problem 401 `token_not_valid`, also for a token used before, which ends its session */
  async refresh(token: string): Promise<RefreshedSession> {
    const claimed = readToken(token);
    const state = claimed && (await this.sessions.findRefreshState(claimed.sessionId, REUSE_GRACE));
    if (!claimed || !state || !this.isGenuine(claimed, state.seed)) throw invalidRefreshToken();
    const { sessionId, generation } = claimed;

    if (!this.config.rotateRefreshTokens) {
      if (generation !== state.generation) throw invalidRefreshToken();
      await this.sessions.prolong(sessionId, IDLE_LIFETIME, ABSOLUTE_LIFETIME);
      return { sessionId, userId: state.user_id, refresh: token, now: state.now };
    }

    const successor = {
      sessionId,
      userId: state.user_id,
      refresh: this.tokenFor(sessionId, generation + 1, state.seed),
      now: state.now,
    };
    if (await this.sessions.rotate(sessionId, generation, IDLE_LIFETIME, ABSOLUTE_LIFETIME)) return successor;

    const latest = await this.sessions.findRefreshState(sessionId, REUSE_GRACE);
    if (latest?.just_rotated && latest.generation === generation + 1) return successor;
    await this.sessions.end(sessionId);
    throw invalidRefreshToken();
  }

  /**
   * The session, unless it was ended, has run out or lost its user; what any process wrote before this call
   * is seen.
   */
  findOpen(id: string): Promise<OpenSession | undefined> {
    return this.sessions.findOpen(id);
  }

  /**
   * Ends the session and opens its successor, which runs out when the login that began both does.
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

  /** @throws Problem 404 when it is not open, or another's */
  async endOwn(id: string, user: Principal): Promise<void> {
    if (!isSessionId(id) || !(await this.sessions.endOwn(id, user.id))) {
      throw notFound('session_not_found', 'There is no such session.');
    }
  }

  async end(id: string): Promise<void> {
    await this.sessions.end(id);
  }

  /** @param except session that goes on, or null to end every one */
  async endAllOf(userId: number, except: string | null, tx?: Transaction): Promise<void> {
    await this.sessions.endAllOf(userId, except, tx);
  }

  deleteExpired(limit: number): Promise<number> {
    return this.sessions.deleteExpired(limit);
  }

  private tokenFor(sessionId: string, generation: number, seed: Buffer): string {
    const head = Buffer.alloc(20);
    head.write(sessionId.replaceAll('-', ''), 'hex');
    head.writeUInt32BE(generation, 16);
    const mac = createHmac('sha256', this.#key).update(head).update(seed).digest();
    return Buffer.concat([head, mac]).toString('base64url');
  }

  private isGenuine({ sessionId, generation, token }: ClaimedToken, seed: Buffer): boolean {
    const genuine = Buffer.from(this.tokenFor(sessionId, generation, seed));
    const given = Buffer.from(token);
    return genuine.length === given.length && timingSafeEqual(genuine, given);
  }
}

/** Whether a text could be the id of a session, and so may be compared with one in SQL. */
export function isSessionId(text: string): boolean {
  return UUID.test(text);
}

interface ClaimedToken {
  token: string;
  sessionId: string;
  generation: number;
}

function readToken(token: string): ClaimedToken | undefined {
  const bytes = Buffer.from(token, 'base64url');
  if (bytes.length !== 52) return undefined;
  const sessionId = bytes
    .toString('hex', 0, 16)
    .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  return { token, sessionId, generation: bytes.readUInt32BE(16) };
}

/** The same for every wrong pair of name and password. */
export function noActiveAccount() {
  return unauthenticated('no_active_account', 'No active account found with the given credentials');
}

function invalidRefreshToken() {
  return unauthenticated('token_not_valid', 'Token is invalid or expired');
}
