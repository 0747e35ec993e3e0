import { RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyContextConfig } from 'fastify';

const configs = new WeakMap<object, FastifyContextConfig>();

/** Merges into Fastify's configuration of a route: Nest's `@RouteConfig()` replaces what an earlier decorator set. */
export function AddRouteConfig(config: FastifyContextConfig): MethodDecorator {
  return (target, key, descriptor) => {
    const handler = descriptor.value as object;
    configs.set(handler, { ...configs.get(handler), ...config });
    RouteConfig(configs.get(handler))(target, key, descriptor);
  };
}
