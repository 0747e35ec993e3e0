import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Config } from '../config/config.js';
import { CredentialsGuard } from './credentials.guard.js';
import { throttled } from './guesses.service.js';
import { tellCounter } from './rate-limit-headers.js';
import { type Hit, SharedLimit } from './shared-limit.js';

/** The generous limit on all that an address asks for, whether or not a guard of Nest sees it. */
@Injectable()
export class EveryRequestLimit {
  constructor(
    private readonly requests: SharedLimit,
    private readonly credentials: CredentialsGuard,
    private readonly config: Config,
  ) {}

  /** Synchronous nearly always. @throws Problem 429 beyond the limit */
  count(request: FastifyRequest, reply: FastifyReply): void | Promise<void> {
    if (!this.config.rateLimit) return;
    const hit = this.hit(request);
    return hit instanceof Promise
      ? hit.then((counted) => this.admit(counted, reply))
      : this.admit(hit, reply);
  }

  /** Counts a request that is answered already. */
  async countAnswered(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    this.tell(await this.hit(request), reply);
  }

  private hit(request: FastifyRequest): Hit | Promise<Hit> {
    const isNetwork = request.ip.includes(':');
    if (!isNetwork) return this.requests.hit(request.ip);
    return this.credentials.addressOf(request).then((network) => this.requests.hit(network));
  }

  private admit(hit: Hit, reply: FastifyReply): void {
    this.tell(hit, reply);
    if (hit.isOver) throw throttled(hit.secondsLeft);
  }

  private tell({ remaining, secondsLeft }: Hit, reply: FastifyReply): void {
    tellCounter(reply, this.requests.limit, remaining, secondsLeft);
  }
}
