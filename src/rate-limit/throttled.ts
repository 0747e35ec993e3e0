import type { FastifyReply } from 'fastify';
import { type Problem, tooManyRequests } from '../http/problem.js';

/** The 429 of a counter that is full, with its headers. */
export function throttled(limit: number, secondsLeft: number): Problem {
  return tooManyRequests(
    `Request was throttled. Expected available in ${secondsLeft} seconds.`,
    secondsLeft,
    {
      'x-ratelimit-limit': limit,
      'x-ratelimit-remaining': 0,
      'x-ratelimit-reset': Math.floor(Date.now() / 1000) + secondsLeft,
    },
  );
}

/** Sets the rate limit headers of a counter, unless they are already those of a counter with less left. */
export function setLimitHeaders(reply: FastifyReply, limit: number, remaining: number): void {
  const present = reply.getHeader('x-ratelimit-remaining');
  if (present !== undefined && Number(present) <= remaining) return;
  reply.header('x-ratelimit-limit', limit);
  reply.header('x-ratelimit-remaining', remaining);
}
