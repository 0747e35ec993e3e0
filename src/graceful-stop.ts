import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import cluster from 'node:cluster';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { setImmediate as immediate, setTimeout as pause } from 'node:timers/promises';
import { Config } from './config/config.js';
import { EventsService } from './events/events.service.js';
import { HealthService } from './health/health.service.js';
import { whenStarterEnds } from './starter.js';

const SWEEP_MS = 50;
const DRAIN_MS = 1_000;
const DRAIN_TO_SUCCESSOR_MS = 3_000;
const HARD_STOP_MS = 9_000;
/** A connection without a request is closed after this time: on a busy machine its request may still be on its way. */
const SILENT_MS = 1_000;

/** The primary's message to a worker whose successor has taken over. */
export type FromPrimary = 'drain';

/**
 * Ends the app on a signal without losing a request. For a second it continues to serve, but is "not ready" and sends
 * `connection: close` with every response: load balancers choose another process, and clients close their connections
 * themselves (if the server closed one while a client sends, the request would be lost). Then it accepts no new
 * connections, closes the others as soon as they are idle, and finally closes the pool. Ctrl-C skips the second.
 *
 * A worker whose successor has taken over stays ready, accepts no new connections, and keeps its connections for three
 * seconds.
 *
 * @param closeDatabase called after the last request has ended
 */
export function stopGracefully(app: NestFastifyApplication, closeDatabase: () => Promise<void>): void {
  const fastify = app.getHttpAdapter().getInstance() as unknown as FastifyInstance;
  let stopping: Promise<void> | undefined;

  const connections = watchConnections(fastify.server);

  const serveOn = (ms: number) => async () => {
    app.get(HealthService).stop();
    await pause(fastify.server.listening ? ms : 0);
  };
  const leaveToSuccessor = async () => {
    fastify.stopAccepting();
    const deadline = Date.now() + DRAIN_TO_SUCCESSOR_MS;
    while (connections.count() > 0 && Date.now() < deadline) await pause(SWEEP_MS); // until clients close them
  };
  const drain = async (leave: () => Promise<void>) => {
    setTimeout(() => process.exit(1), HARD_STOP_MS).unref();
    fastify.stopEarlyRefusals();
    app.get(EventsService).endAll();
    await leave();
    await immediate(); // accepts waiting connections, which closing the listener would reset
    const sweep = setInterval(connections.closeIdle, SWEEP_MS);
    await app.close();
    clearInterval(sweep);
    await closeDatabase();
  };
  const stop = (exitCode: number, leave = serveOn(DRAIN_MS)) => {
    stopping ??= drain(leave);
    stopping.then(
      () => process.exit(exitCode),
      (error) => {
        fastify.log.error({ err: error }, 'stopping failed');
        process.exit(1);
      },
    );
  };

  fastify.addHook('onSend', (_request, reply, payload, done) => {
    if (stopping) reply.header('connection', 'close');
    done(null, payload);
  });
  // For refusals as well, which are sent before Fastify (`Admission`).
  fastify.server.prependListener('request', (_request: IncomingMessage, response: ServerResponse) => {
    if (stopping) response.shouldKeepAlive = false;
  });
  process.on('SIGTERM', () => stop(0));
  process.on('SIGINT', () => stop(0, serveOn(0)));
  if (cluster.worker) {
    cluster.worker.exitedAfterDisconnect = true; // otherwise Node ends it at once when the primary is killed
    process.once('disconnect', () => stop(0));
    process.on('message', (message: FromPrimary) => message === 'drain' && stop(0, leaveToSuccessor));
    process.on('SIGHUP', () => {}); // for the primary, but a terminal that closes sends it to all processes
  } else {
    process.on('SIGHUP', () => stop(0));
    if (app.get(Config).startedByNpm) whenStarterEnds(() => stop(0));
  }
  for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
    process.on(event, (error) => {
      fastify.log.fatal({ err: error }, event);
      stop(1);
    });
  }
}

/** The open connections of a server. Node does not count those without a request so far as idle; `closeIdle` does. */
function watchConnections(server: Server) {
  const connected = new Set<Socket>();
  const openedAt = new Map<Socket, number>(); // of connections without a request so far
  server.on('connection', (socket: Socket) => {
    openedAt.set(socket, performance.now());
    connected.add(socket);
    socket.once('close', () => {
      openedAt.delete(socket);
      connected.delete(socket);
    });
  });
  server.on('request', ({ socket }: IncomingMessage) => openedAt.delete(socket));
  return {
    count: () => connected.size,
    closeIdle() {
      server.closeIdleConnections();
      const longAgo = performance.now() - SILENT_MS;
      for (const [socket, at] of openedAt) if (at < longAgo) socket.destroy();
    },
  };
}
