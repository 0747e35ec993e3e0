import { Injectable } from '@nestjs/common';
import type { Principal } from '../http/access.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { type AccessClaims, invalidToken } from './tokens.service.js';

/** Most tokens in each of the two generations. */
const GENERATION_SIZE = 5_000;
/**
 * The only header that is cached. Passport ignores text before and after the token: with it, one token would fill the
 * cache under many keys.
 */
const CACHEABLE = /^Bearer [\w.-]{1,1000}$/;

/**
 * The user behind an access token. This process checks the signature of a token once and caches its claims; whether the
 * token has expired and its session is still open is checked for every request. The cache has two generations: when the
 * younger is full it replaces the older, so that tokens without recent requests are dropped.
 */
@Injectable()
export class PrincipalsService {
  private recent = new Map<string, AccessClaims>();
  private older = new Map<string, AccessClaims>();

  constructor(private readonly sessions: SessionsService) {}

  /** Claims of a genuine token in this `Authorization` header, if it is cached. */
  claimsIn(authorization: string | undefined): AccessClaims | undefined {
    if (!authorization) return undefined;
    return this.recent.get(authorization) ?? this.older.get(authorization);
  }

  /** Caches the claims of a token whose signature was verified. */
  remember(authorization: string, claims: AccessClaims): void {
    if (!CACHEABLE.test(authorization)) return;
    if (this.recent.size >= GENERATION_SIZE) {
      this.older = this.recent;
      this.recent = new Map();
    }
    this.recent.set(authorization, claims);
  }

  /**
   * Looks up the session of a genuine token, with the user's present role. Expiry is checked by the database's clock,
   * since this process's may be wrong.
   *
   * @throws Problem 401 `token_not_valid` when the token has expired, or its session has ended
   */
  async find({ sid, exp }: AccessClaims): Promise<Omit<Principal, 'requestId'>> {
    const session = await this.sessions.findOpen(sid);
    if (!session || session.now >= exp) throw invalidToken();
    return { id: session.user_id, role: session.role, sessionId: session.id };
  }
}
