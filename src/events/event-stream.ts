import type { Writable } from 'node:stream';
import type { Principal } from '../http/access.js';

/** Most bytes that are buffered for a client that does not read. */
const MOST_WAITING_BYTES = 64 * 1024;

/** The server-sent events of one client (https://html.spec.whatwg.org/multipage/server-sent-events.html). */
export class EventStream {
  /** The last event that was sent about each product. */
  private readonly sent = new Map<number, string>();

  constructor(
    readonly products: readonly number[],
    readonly user: Principal | undefined,
    private readonly response: Writable,
  ) {}

  /** Closes the connection of a client that does not read, instead of buffering more. It reconnects and reads anew. */
  send(text: string): void {
    if (this.response.destroyed || this.response.writableEnded) return;
    if (this.response.writableLength > MOST_WAITING_BYTES) this.response.destroy();
    else this.response.write(text);
  }

  /** Sends an event about a product, unless it equals the last one. */
  sendProduct(id: number, text: string): void {
    if (this.sent.get(id) === text) return;
    this.sent.set(id, text);
    this.send(text);
  }

  end(): void {
    if (!this.response.writableEnded) this.response.end();
  }
}
