import { Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import type { FastifyRequest } from 'fastify';
import { ExtractJwt, Strategy } from 'passport-jwt';
import { Config } from '../config/config.js';
import type { Principal } from '../http/access.js';
import { PrincipalsService } from './principals.service.js';
import { type AccessClaims, invalidToken, isAccessToken, TOKEN_ISSUER } from './tokens.service.js';

@Injectable()
export class JwtStrategy extends PassportStrategy(Strategy) {
  constructor(
    config: Config,
    private readonly principals: PrincipalsService,
  ) {
    super({
      jwtFromRequest: ExtractJwt.fromAuthHeaderAsBearerToken(),
      // A KeyObject: from a string jsonwebtoken would try to read a public key on every request.
      secretOrKey: config.key('access-token') as unknown as Buffer,
      algorithms: ['HS256'],
      issuer: TOKEN_ISSUER,
      ignoreExpiration: true, // it would use this process's clock; `find` uses the database's
      passReqToCallback: true,
    });
  }

  /** Called after the signature was verified. */
  async validate({ id, headers }: FastifyRequest, claims: Partial<AccessClaims>): Promise<Principal> {
    if (!isAccessToken(claims)) throw invalidToken();
    this.principals.remember(headers.authorization!, claims);
    return { ...(await this.principals.find(claims)), requestId: id };
  }
}
