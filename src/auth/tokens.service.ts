import { Injectable } from '@nestjs/common';
import { JwtService } from '@nestjs/jwt';
import { randomUUID } from 'node:crypto';
import { unauthenticated } from '../http/problem.js';
import { isSessionId } from '../sessions/refresh-tokens.service.js';

export const ACCESS_TOKEN_LIFETIME_S = 15 * 60;
export const TOKEN_ISSUER = 'comptoir';

/** Claims of an access token: those that clients of SimpleJWT decode, and in addition `sub` and `sid`, the session's id. */
export interface AccessClaims {
  token_type: 'access';
  user_id: number;
  sub: string;
  sid: string;
  jti: string;
  iat: number;
  exp: number;
}

@Injectable()
export class TokensService {
  constructor(private readonly jwt: JwtService) {}

  /**
   * Signs an access token (RFC 7519, HS256). It is valid while its session is open, at most for its lifetime.
   *
   * @param now Unix time in seconds, by the database's clock
   * @param lifetimeS seconds
   */
  sign(userId: number, sessionId: string, now: number, lifetimeS = ACCESS_TOKEN_LIFETIME_S): string {
    const claims = { token_type: 'access', user_id: userId, sid: sessionId, jti: randomUUID(), iat: now };
    return this.jwt.sign(claims, { subject: String(userId), expiresIn: lifetimeS });
  }

  /**
   * Checks the signature and the kind of token only: `PrincipalsService.find` checks its expiry and its session.
   *
   * @throws Problem 401 `token_not_valid` unless it is genuine
   */
  verify(token: string): AccessClaims {
    try {
      const claims = this.jwt.verify<AccessClaims>(token);
      if (isAccessToken(claims)) return claims;
    } catch {
      throw invalidToken();
    }
    throw invalidToken();
  }
}

/** Whether genuine claims are those of an access token, with a session and an expiry. */
export function isAccessToken(claims: Partial<AccessClaims> | null): claims is AccessClaims {
  const { token_type, exp, sid } = claims ?? {};
  return token_type === 'access' && typeof exp === 'number' && typeof sid === 'string' && isSessionId(sid);
}

const MESSAGES = [
  { token_class: 'AccessToken', token_type: 'access', message: 'Token is invalid or expired' },
];

export function invalidToken(members?: Record<string, unknown>) {
  const detail = 'Given token not valid for any token type';
  return unauthenticated('token_not_valid', detail, { ...members, messages: MESSAGES });
}
