import { RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyContextConfig } from 'fastify';

const configs = new WeakMap<object, FastifyContextConfig>();

/** Adds to what Fastify knows of a route. Nest's own decorator replaces what an earlier one said. */
export function AddRouteConfig(config: FastifyContextConfig): MethodDecorator {
  return (target, key, descriptor) => {
    const handler = descriptor.value as object;
    configs.set(handler, { ...configs.get(handler), ...config });
    RouteConfig(configs.get(handler))(target, key, descriptor);
  };
}
