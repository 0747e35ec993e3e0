import type { FastifyInstance } from 'fastify';
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer, Server } from 'node:net';
import path from 'node:path';

declare module 'fastify' {
  interface FastifyInstance {
    /** Accepts no new connections from now on, and leaves the others open. */
    stopAccepting(): void;
  }
}

/** Listen backlog: more than Node's 511, for a rush. The kernel has a limit of its own. */
export const MOST_UNACCEPTED = 4_096;
/** Additional listeners, beside the server's own. */
const MORE = 63;
/** The listeners are opened at this number of connections: during a rush the child process would start slowly. */
const MANY_CONNECTIONS = 24;

/**
 * libuv accepts one connection per listener in each tick of the event loop (since 1.45, libuv#3696). When many clients
 * connect at once, ticks are long, and the last client, or a load balancer's health check, would wait for as many ticks
 * as there are clients before it. With several listeners on the same socket, a tick accepts several connections.
 *
 * Node cannot duplicate a listener. But a handle that was sent to another process and back is a duplicate: a child
 * process sends it back as often as needed and ends. This happens once, before the first rush.
 */
export function listenMore(fastify: FastifyInstance): void {
  const listeners = new MoreListeners(fastify.server);
  fastify.decorate('stopAccepting', () => listeners.stopAccepting());
  fastify.addHook('preClose', (done) => {
    listeners.close();
    done();
  });
  fastify.addHook('onClose', () => listeners.closed());
}

class MoreListeners {
  private readonly listeners: Server[] = [];
  private readonly closing: Promise<unknown>[] = [];
  private child?: ChildProcess;
  private connections = 0;
  private isClosed = false;

  constructor(private readonly server: Server) {
    server.on('connection', (socket) => {
      this.connections += 1;
      socket.once('close', () => (this.connections -= 1));
      if (this.connections === MANY_CONNECTIONS && !this.child && !this.isClosed) this.open();
    });
  }

  stopAccepting(): void {
    Server.prototype.close.call(this.server); // the HTTP server's own would close idle connections as well
    this.close();
  }

  close(): void {
    this.isClosed = true;
    this.child?.kill();
    for (const listener of this.listeners) listener.close();
  }

  /** Resolves when the connections of these listeners have ended. */
  async closed(): Promise<void> {
    await Promise.all(this.closing);
  }

  private open(): void {
    const { _handle: handle } = this.server as unknown as { _handle: object | null };
    if (!handle) return;
    const echo = path.join(import.meta.dirname, 'echo-handles.js');
    const child = fork(echo, { stdio: ['ignore', 'ignore', 'ignore', 'ipc'], execArgv: [] });
    this.child = child;
    const ask = () => child.send('listener', handle as Server);
    child.on('error', () => {}); // the server also works with its one listener
    child.on('message', (_message, duplicate) => {
      this.listenOn(duplicate as object);
      if (this.listeners.length < MORE && !this.isClosed) ask();
      else child.disconnect();
    });
    ask();
  }

  private listenOn(handle: object): void {
    const listener = createServer({ allowHalfOpen: true, noDelay: true });
    listener.on('connection', (socket) => this.server.emit('connection', socket));
    listener.listen(handle, MOST_UNACCEPTED); // which sets the backlog of the socket that all of them share
    this.listeners.push(listener);
    this.closing.push(once(listener, 'close'));
    if (this.isClosed) listener.close(); // closed while the handle was on its way
  }
}
