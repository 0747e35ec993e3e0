import { type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { AuthGuard } from '@nestjs/passport';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Principal, PUBLIC, ROLES_ALLOWED } from '../http/access.js';
import { forbidden, unauthenticated } from '../http/problem.js';
import type { Role } from '../http/role.js';
import { PrincipalsService } from './principals.service.js';
import { invalidToken } from './tokens.service.js';

/** Closes every route that does not say `@Public()`, and narrows those that say `@Roles(role)`. */
@Injectable()
export class AccessGuard extends AuthGuard('jwt') {
  constructor(
    private readonly reflector: Reflector,
    private readonly principals: PrincipalsService,
  ) {
    super();
  }

  override async canActivate(context: ExecutionContext): Promise<boolean> {
    const route = [context.getHandler(), context.getClass()];
    if (this.reflector.getAllAndOverride<boolean>(PUBLIC, route)) return true;

    const http = context.switchToHttp();
    const request = http.getRequest<FastifyRequest & { user: Principal }>();
    const claims = this.principals.claimsIn(request.headers.authorization);
    if (claims) request.user = { ...(await this.principals.find(claims)), requestId: request.id };
    else await super.canActivate(context);
    http.getResponse<FastifyReply>().header('cache-control', 'no-store');

    const role = this.reflector.getAllAndOverride<Role | undefined>(ROLES_ALLOWED, route);
    if (role && request.user.role !== role)
      throw forbidden('permission_denied', `Only the role ${role} may do this.`);
    return true;
  }

  override handleRequest<User>(error: unknown, user: User | false, info: Error | undefined): User {
    if (error) throw error;
    if (user) return user;
    if (info?.message === 'No auth token') {
      throw unauthenticated('not_authenticated', 'Authentication credentials were not provided.');
    }
    throw invalidToken();
  }
}
