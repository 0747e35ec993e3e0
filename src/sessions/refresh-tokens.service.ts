import { Injectable } from '@nestjs/common';
import { JwtService } from '@nestjs/jwt';
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { RefreshState } from './sessions.repository.js';

/** A session ends after this time even if it is used; its refresh tokens expire then. */
export const ABSOLUTE_LIFETIME_S = 30 * 24 * 3600;

/** Claims of a refresh token: those that clients of SimpleJWT decode, the session's id, and the token's number. */
export interface RefreshClaims {
  token_type: 'refresh';
  user_id: number;
  sid: string;
  gen: number;
  jti: string;
  iat: number;
  exp: number;
}

/**
 * Refresh tokens as signed JWTs (RFC 7519, HS256). `jti` is a MAC of the token's number with the session's 256-bit seed.
 * So neither the database nor the server's key alone suffices to forge a token, and used tokens are recognised without
 * storing them.
 */
@Injectable()
export class RefreshTokensService {
  constructor(private readonly jwt: JwtService) {}

  /** The newest token of a session; each call gives the same one. */
  sign(sessionId: string, state: Omit<RefreshState, 'now'>): string {
    const { user_id, generation: gen, created_at, rotated_at } = state;
    const claims: RefreshClaims = {
      token_type: 'refresh',
      user_id,
      sid: sessionId,
      gen,
      jti: jtiOf(sessionId, gen, state.seed),
      iat: seconds(rotated_at ?? created_at),
      exp: seconds(created_at) + ABSOLUTE_LIFETIME_S,
    };
    return this.jwt.sign(claims);
  }

  /** The claims of a genuine token. Expiry is checked with its session. */
  read(token: string): RefreshClaims | undefined {
    try {
      const claims = this.jwt.verify<Partial<RefreshClaims>>(token, { ignoreExpiration: true });
      return isRefreshToken(claims) ? claims : undefined;
    } catch {
      return undefined;
    }
  }

  /** Whether the token belongs to the session with this seed, newest or not. */
  isOf({ sid, gen, jti }: RefreshClaims, { seed }: Pick<RefreshState, 'seed'>): boolean {
    const genuine = Buffer.from(jtiOf(sid, gen, seed));
    const given = Buffer.from(jti);
    return genuine.length === given.length && timingSafeEqual(genuine, given);
  }
}

function isRefreshToken(claims: Partial<RefreshClaims>): claims is RefreshClaims {
  const { token_type, sid, gen, jti } = claims;
  return (
    token_type === 'refresh' &&
    typeof sid === 'string' &&
    isSessionId(sid) &&
    Number.isInteger(gen) &&
    typeof jti === 'string'
  );
}

function jtiOf(sessionId: string, generation: number, seed: Buffer): string {
  return createHmac('sha256', seed).update(`${sessionId} ${generation}`).digest('hex').slice(0, 32);
}

function seconds(moment: Date): number {
  return Math.floor(moment.getTime() / 1000);
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Whether a text could be the id of a session, and so may be compared with one in SQL. */
export function isSessionId(text: string): boolean {
  return UUID.test(text);
}
