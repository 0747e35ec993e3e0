import { Injectable } from '@nestjs/common';
import type { Principal } from '../http/access.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { type AccessClaims, invalidToken } from './tokens.service.js';

const MOST_REMEMBERED = 5_000;
/** The header as clients write it, and nothing behind the token: what passport reads past must not make it another one. */
const AS_USUAL = /^Bearer [\w.-]{1,1000}$/;

/**
 * Who sends a request. The signature of an access token is checked once in this process, since checking it costs
 * more than the rest of a small request; whether the token has run out and its session still counts is asked
 * every time.
 */
@Injectable()
export class PrincipalsService {
  private recent = new Map<string, AccessClaims>();
  private older = new Map<string, AccessClaims>();

  constructor(private readonly sessions: SessionsService) {}

  /** Claims of a genuine token in this `Authorization` header, if one was seen lately. */
  claimsIn(authorization: string | undefined): AccessClaims | undefined {
    if (!authorization) return undefined;
    return this.recent.get(authorization) ?? this.older.get(authorization);
  }

  /** Keeps the claims of a token whose signature was checked. */
  remember(authorization: string, claims: AccessClaims): void {
    if (!AS_USUAL.test(authorization)) return;
    if (this.recent.size >= MOST_REMEMBERED) {
      this.older = this.recent;
      this.recent = new Map();
    }
    this.recent.set(authorization, claims);
  }

  /**
   * The session says whether a genuine token still counts, and which role its user has now; the database's clock says
   * whether it has run out, since that of this process may be wrong.
   *
   * @throws Problem 401 `token_not_valid` when it has, or the session is over
   */
  async find({ sid, exp }: AccessClaims): Promise<Omit<Principal, 'requestId'>> {
    const session = await this.sessions.findOpen(sid);
    if (!session || session.now >= exp) throw invalidToken();
    return { id: session.user_id, role: session.role, sessionId: session.id };
  }
}
