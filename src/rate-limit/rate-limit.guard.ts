import { type CanActivate, type ExecutionContext, Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost, Reflector } from '@nestjs/core';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Config } from '../config/config.js';
import { isV1 } from '../http/v1-failure.js';
import { CREDENTIALS_LIMIT } from './credentials-limit.js';
import { CredentialsGuard } from './credentials.guard.js';
import { EveryRequestLimit } from './every-request-limit.js';
import { NOT_LIMITED } from './not-limited.js';

interface Route {
  isLimited: boolean;
  takesCredentials: boolean;
}

/**
 * Counts every request on its address, nearly always without waiting for anything, and those with credentials on what
 * they are about as well. The headers tell of the counter with the least left.
 */
@Injectable()
export class RateLimitGuard implements CanActivate, OnModuleInit {
  private readonly routes = new Map<unknown, Route>();

  constructor(
    private readonly everyRequest: EveryRequestLimit,
    private readonly credentials: CredentialsGuard,
    private readonly config: Config,
    private readonly reflector: Reflector,
    private readonly adapterHost: HttpAdapterHost,
  ) {}

  /** Clients of v1 read the counter on every answer, also on one to a request that broke before any guard. */
  onModuleInit(): void {
    if (!this.config.rateLimit) return;
    const fastify = this.adapterHost.httpAdapter.getInstance<FastifyInstance>();
    fastify.addHook('onSend', (request, reply, payload, done) => {
      if (!isV1(request.url) || reply.hasHeader('x-ratelimit-limit')) return done(null, payload);
      return this.everyRequest.countAnswered(request, reply).catch(() => {});
    });
  }

  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    if (!this.config.rateLimit) return true;
    const { isLimited, takesCredentials } = this.routeOf(context);
    if (!isLimited) return true;

    const http = context.switchToHttp();
    const counted = this.everyRequest.count(
      http.getRequest<FastifyRequest>(),
      http.getResponse<FastifyReply>(),
    );
    const checkCredentials = () => (takesCredentials ? this.credentials.canActivate(context) : true);
    return counted ? counted.then(checkCredentials) : checkCredentials();
  }

  private routeOf(context: ExecutionContext): Route {
    const handler = context.getHandler();
    let route = this.routes.get(handler);
    if (!route) {
      const marked = [handler, context.getClass()];
      route = {
        isLimited: !this.reflector.getAllAndOverride<boolean>(NOT_LIMITED, marked),
        takesCredentials: this.reflector.get(CREDENTIALS_LIMIT, handler) !== undefined,
      };
      this.routes.set(handler, route);
    }
    return route;
  }
}
