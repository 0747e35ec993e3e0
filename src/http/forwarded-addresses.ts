import type { FastifyInstance } from 'fastify';

/**
 * Removes ports from `X-Forwarded-For`. Azure Application Gateway, IIS and some settings of AWS load balancers append
 * them, and each connection of a client has another one: its requests would be counted as those of many clients, and a
 * trusted proxy would not be recognized.
 */
export function removeForwardedPorts(fastify: FastifyInstance): void {
  fastify.addHook('onRequest', (request, _reply, done) => {
    const { headers } = request.raw;
    const addresses = headers['x-forwarded-for'] as string | undefined;
    if (addresses) headers['x-forwarded-for'] = addresses.split(',').map(withoutPort).join(',');
    done();
  });
}

/** `203.0.113.7:50123` and `[2001:db8::1]:50123` without port and brackets; other text unchanged. */
function withoutPort(text: string): string {
  const [, ipv4, ipv6] = /^(?:(\d+\.\d+\.\d+\.\d+):\d+|\[([\da-f:.]+)\](?::\d+)?)$/i.exec(text.trim()) ?? [];
  return ipv4 ?? ipv6 ?? text;
}
