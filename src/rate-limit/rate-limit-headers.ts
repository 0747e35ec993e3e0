import type { FastifyReply } from 'fastify';

/** Tells a client of a counter, unless it has been told of one with less left. */
export function tellCounter(reply: FastifyReply, limit: number, left: number, secondsLeft: number): void {
  const remaining = Math.max(0, left);
  const told = reply.getHeader('x-ratelimit-remaining');
  if (told !== undefined && Number(told) <= remaining) return;
  reply.header('x-ratelimit-limit', limit);
  reply.header('x-ratelimit-remaining', remaining);
  reply.header('x-ratelimit-reset', secondsLeft);
}
