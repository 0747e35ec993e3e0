import type { Writable } from 'node:stream';
import type { Principal } from '../http/access.js';

/** What may wait for a client that does not read. */
const MOST_WAITING_BYTES = 64 * 1024;

/** What one listener is told: server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html). */
export class EventStream {
  /** What it was told of each product last. */
  private readonly told = new Map<number, string>();

  constructor(
    readonly products: readonly number[],
    readonly user: Principal | undefined,
    private readonly response: Writable,
  ) {}

  /** Ends a listener that does not read, rather than keep more for it: it reads everything anew when it is back. */
  send(text: string): void {
    if (this.response.destroyed || this.response.writableEnded) return;
    if (this.response.writableLength > MOST_WAITING_BYTES) this.response.destroy();
    else this.response.write(text);
  }

  /** Tells of a product that it watches, unless it knows. */
  tellProduct(id: number, text: string): void {
    if (this.told.get(id) === text) return;
    this.told.set(id, text);
    this.send(text);
  }

  end(): void {
    if (!this.response.writableEnded) this.response.end();
  }
}
