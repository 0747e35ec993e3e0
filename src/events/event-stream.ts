import { Readable } from 'node:stream';
import type { Principal } from '../http/access.js';

/** What may wait for a client that does not read, beside what its socket holds. */
const MOST_WAITING_BYTES = 64 * 1024;

/** What one listener is told: server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html). */
export class EventStream extends Readable {
  /** What it was told of each product last. */
  private readonly told = new Map<number, string>();

  private hasEnded = false;

  constructor(
    readonly products: readonly number[],
    readonly user: Principal | undefined,
  ) {
    super({ highWaterMark: 1024 });
  }

  /** Ends a listener that does not read, rather than keep more for it: it reads everything anew when it is back. */
  send(text: string): void {
    if (this.destroyed || this.hasEnded) return;
    if (this.readableLength > MOST_WAITING_BYTES) this.destroy();
    else this.push(text);
  }

  /** Tells of a product that it watches, unless it knows. */
  tellProduct(id: number, text: string): void {
    if (this.told.get(id) === text) return;
    this.told.set(id, text);
    this.send(text);
  }

  end(): void {
    if (!this.destroyed && !this.hasEnded) this.push(null);
    this.hasEnded = true;
  }

  override _read(): void {}
}
