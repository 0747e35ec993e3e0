import { type CanActivate, type ExecutionContext, Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost, Reflector } from '@nestjs/core';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Config } from '../config/config.js';
import { isV1 } from '../http/v1-failure.js';
import { CREDENTIALS_LIMIT } from './credentials-limit.js';
import { CredentialsGuard } from './credentials.guard.js';
import { throttled } from './guesses.service.js';
import { NOT_LIMITED } from './not-limited.js';
import { tellCounter } from './rate-limit-headers.js';
import { type Hit, SharedLimit } from './shared-limit.js';

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
    private readonly requests: SharedLimit,
    private readonly credentials: CredentialsGuard,
    private readonly config: Config,
    private readonly reflector: Reflector,
    private readonly adapterHost: HttpAdapterHost,
  ) {}

  onModuleInit(): void {
    if (!this.config.rateLimit) return;
    const fastify = this.adapterHost.httpAdapter.getInstance<FastifyInstance>();
    fastify.addHook('onSend', (request, reply, payload, done) => {
      if (!isV1(request.url) || reply.hasHeader('x-ratelimit-limit')) done(null, payload);
      else void this.countUnseen(request, reply).finally(() => done(null, payload));
    });
  }

  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    if (!this.config.rateLimit) return true;
    const route = this.routeOf(context);
    if (!route.isLimited) return true;

    const http = context.switchToHttp();
    const reply = http.getResponse<FastifyReply>();
    const hit = this.hit(http.getRequest<FastifyRequest>());
    const admit = (counted: Hit) => {
      this.tell(reply, counted);
      if (counted.isOver) throw throttled(counted.secondsLeft);
      return route.takesCredentials ? this.credentials.canActivate(context) : true;
    };
    return hit instanceof Promise ? hit.then(admit) : admit(hit);
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

  private hit(request: FastifyRequest): Hit | Promise<Hit> {
    const isNetwork = request.ip.includes(':');
    if (!isNetwork) return this.requests.hit(request.ip);
    return this.credentials.addressOf(request).then((network) => this.requests.hit(network));
  }

  private tell(reply: FastifyReply, { remaining, secondsLeft }: Hit): void {
    tellCounter(reply, this.requests.limit, remaining, secondsLeft);
  }

  /** Clients of v1 read the counter on every answer, also on one to a request that broke before any guard. */
  private async countUnseen(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    this.tell(reply, await this.hit(request));
  }
}
