import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';

/**
 * Whether nobody sees the answer yet: a HEAD, as mail scanners send it, or a browser's prefetch or prerendering
 * (https://wicg.github.io/nav-speculation/prefetch.html#sec-purpose-header). Such a request must not use up a link.
 */
export const Preview = createParamDecorator((_data: unknown, context: ExecutionContext): boolean => {
  const { method, headers } = context.switchToHttp().getRequest<FastifyRequest>();
  const purposes = [headers['sec-purpose'], headers.purpose, headers['x-purpose'], headers['x-moz']];
  return method === 'HEAD' || purposes.some((purpose) => /prefetch|preview|prerender/i.test(String(purpose)));
});
