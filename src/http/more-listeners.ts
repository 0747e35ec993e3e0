import type { FastifyInstance } from 'fastify';
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer, Server } from 'node:net';
import path from 'node:path';

declare module 'fastify' {
  interface FastifyInstance {
    /** From now on nobody is accepted; who is connected stays so. */
    stopAccepting(): void;
  }
}

/** Listeners beside the server's own. */
const MORE = 63;
/** A shop with so many connections at once has a rush before it: in the rush itself the child would start slowly. */
const MANY_CONNECTIONS = 24;

/**
 * From a listener libuv takes one connection in each turn of the event loop (since 1.45, libuv#3696). When many clients
 * come at once a turn takes long, and the last of them, or a load balancer that asks for health, would wait for as many
 * turns as there are clients before it. With several listeners on the one socket a turn takes several connections.
 *
 * Node has no call that duplicates a listener. A handle that went to another process and came back is a duplicate, so a
 * child sends it back and ends. That is done once, before the first rush.
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

  /** When the connections have ended that these listeners took. */
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
    child.on('error', () => {}); // one listener is slower, and enough
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
    listener.listen(handle);
    this.listeners.push(listener);
    this.closing.push(once(listener, 'close'));
    if (this.isClosed) listener.close(); // the handle was on its way
  }
}
