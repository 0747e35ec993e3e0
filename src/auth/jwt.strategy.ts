import { Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import { ExtractJwt, Strategy } from 'passport-jwt';
import { Config } from '../config/config.js';
import type { Principal } from '../http/access.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { type AccessClaims, invalidToken, isAccessToken, TOKEN_ISSUER } from './tokens.service.js';

@Injectable()
export class JwtStrategy extends PassportStrategy(Strategy) {
  constructor(
    config: Config,
    private readonly sessions: SessionsService,
  ) {
    super({
      jwtFromRequest: ExtractJwt.fromAuthHeaderAsBearerToken(),
      // A KeyObject: from a string jsonwebtoken would try to read a public key on every request.
      secretOrKey: config.key('access-token') as unknown as Buffer,
      algorithms: ['HS256'],
      issuer: TOKEN_ISSUER,
    });
  }

  /** The token is genuine; its session says whether it still counts, and which role its user has now. */
  async validate(claims: Partial<AccessClaims>): Promise<Principal> {
    if (!isAccessToken(claims)) throw invalidToken();
    const session = await this.sessions.findOpen(claims.sid);
    if (!session) throw invalidToken();
    return { id: session.user_id, role: session.role, sessionId: session.id };
  }
}
