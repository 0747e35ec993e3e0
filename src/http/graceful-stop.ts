import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { Config } from '../config/config.js';
import { HealthService } from '../health/health.service.js';

const SWEEP_MS = 50;
const LEAVING_MS = 1_000;
const HARD_STOP_MS = 9_000;
const STARTER_WATCH_MS = 250;

/**
 * Ends the app without losing a request. For a second it serves on, not ready any more and with
 * `connection: close` on every answer: load balancers go elsewhere, and clients give up their connections
 * themselves (closing one under a client that is just sending loses its request). Then no new connections, idle
 * ones closed as soon as they are idle, and the pool last. Ctrl-C does not wait that second.
 *
 * @param closeDatabase called when no request is under way any more
 */
export function stopGracefully(app: NestFastifyApplication, closeDatabase: () => Promise<void>): void {
  const fastify = app.getHttpAdapter().getInstance() as unknown as FastifyInstance;
  let stopping: Promise<void> | undefined;

  // Connections that have sent nothing yet do not count as idle, and would hold the stop.
  const silent = new Set<Socket>();
  fastify.server.on('connection', (socket: Socket) => {
    silent.add(socket);
    socket.once('close', () => silent.delete(socket));
  });
  fastify.server.on('request', ({ socket }: IncomingMessage) => silent.delete(socket));

  const drain = async (leavingMs: number) => {
    app.get(HealthService).stop();
    setTimeout(() => process.exit(1), HARD_STOP_MS).unref();
    await pause(fastify.server.listening ? leavingMs : 0);
    for (const socket of silent) socket.destroy();
    const sweep = setInterval(() => fastify.server.closeIdleConnections(), SWEEP_MS);
    await app.close();
    clearInterval(sweep);
    await closeDatabase();
  };
  const stop = (exitCode: number, leavingMs = LEAVING_MS) => {
    stopping ??= drain(leavingMs);
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
  process.once('SIGINT', () => stop(0, 0));
  if (app.get(Config).startedByNpm) whenStarterEnds(() => stop(0));
  for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
    process.on(event, (error) => {
      fastify.log.fatal({ err: error }, event);
      stop(1);
    });
  }
}

/**
 * npm runs a script in a shell, and a signal that ends the shell does not reach the script: without this a killed
 * `npm start` would leave the shop open.
 */
function whenStarterEnds(stop: () => void): void {
  const starter = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === starter) return;
    clearInterval(watch);
    stop();
  }, STARTER_WATCH_MS).unref();
}
