import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import { HealthService } from '../health/health.service.js';

const SWEEP_MS = 50;
const HARD_STOP_MS = 9_000;

/**
 * Ends the app without losing a request: not ready any more, no new connections, `connection: close` on every
 * answer, idle keep-alive connections closed as soon as they are idle, and the pool last.
 *
 * @param closeDatabase called when no request is under way any more
 */
export function stopGracefully(app: NestFastifyApplication, closeDatabase: () => Promise<void>): void {
  const fastify = app.getHttpAdapter().getInstance() as unknown as FastifyInstance;
  let stopping: Promise<void> | undefined;

  const drain = async () => {
    app.get(HealthService).stop();
    setTimeout(() => process.exit(1), HARD_STOP_MS).unref();
    const sweep = setInterval(() => fastify.server.closeIdleConnections(), SWEEP_MS);
    await app.close();
    clearInterval(sweep);
    await closeDatabase();
  };
  const stop = (exitCode: number) => {
    stopping ??= drain();
    stopping.then(
      () => process.exit(exitCode),
      (error) => {
        fastify.log.error({ err: error }, 'stopping failed');
        process.exit(1);
      },
    );
  };

  fastify.addHook('onSend', async (_request, reply) => {
    if (stopping) reply.header('connection', 'close');
  });
  process.once('SIGTERM', () => stop(0));
  process.once('SIGINT', () => stop(0));
  for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
    process.on(event, (error) => {
      fastify.log.fatal({ err: error }, event);
      stop(1);
    });
  }
}
