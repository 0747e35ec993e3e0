import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort } from './free-port.js';

/** A proxy before PostgreSQL whose connections can be cut or slow. */
export class DatabaseProxy {
  /** How long each new connection waits, in milliseconds. */
  connectMs = 0;
  /** New connections so far. */
  connections = 0;
  private readonly pairs = new Set<[Socket, Socket]>();
  private state: 'open' | 'drop' | 'blackhole' = 'open';

  private constructor(
    private readonly target: URL,
    private readonly server: ReturnType<typeof createServer>,
  ) {
    server.on('connection', (socket) => void this.pipe(socket));
  }

  static async open(databaseUrl: string): Promise<DatabaseProxy> {
    const server = createServer().listen(await freePort(), '127.0.0.1');
    await once(server, 'listening');
    return new DatabaseProxy(new URL(databaseUrl), server);
  }

  get databaseUrl(): string {
    const url = new URL(this.target);
    url.port = String((this.server.address() as AddressInfo).port);
    return url.href;
  }

  /** Resets every connection, and every new one. */
  drop(): void {
    this.state = 'drop';
    for (const [near, far] of this.pairs) [near.resetAndDestroy(), far.destroy()];
  }

  /** Drops all data without closing a connection. */
  blackhole(): void {
    this.state = 'blackhole';
    for (const [near, far] of this.pairs) [near.unpipe(), far.unpipe(), near.pause(), far.pause()];
  }

  resume(): void {
    this.state = 'open';
    for (const [near, far] of this.pairs) [near.pipe(far), far.pipe(near)];
  }

  async close(): Promise<void> {
    for (const [near, far] of this.pairs) [near.destroy(), far.destroy()];
    await new Promise((done) => this.server.close(done));
  }

  private async pipe(near: Socket): Promise<void> {
    this.connections += 1;
    near.on('error', () => {});
    if (this.state === 'drop') return void near.resetAndDestroy();
    if (this.connectMs) await pause(this.connectMs);
    const far = connect(Number(this.target.port), this.target.hostname).on('error', () => {});
    const pair: [Socket, Socket] = [near, far];
    this.pairs.add(pair);
    const end = () => [near.destroy(), far.destroy(), this.pairs.delete(pair)];
    near.once('close', end);
    far.once('close', end);
    if (this.state === 'open') [near.pipe(far), far.pipe(near)];
  }
}
