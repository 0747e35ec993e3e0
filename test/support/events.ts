import { until } from './until.js';

export interface ShopEvent {
  event: string;
  data: any;
}

/** A client of the shop's event stream. */
export class Listener {
  readonly events: ShopEvent[] = [];
  hasEnded = false;
  private readonly aborted = new AbortController();

  private constructor(readonly headers: Headers) {}

  static async open(url: string, token?: string): Promise<Listener> {
    const aborted = new AbortController();
    const headers = token ? { authorization: `Bearer ${token}` } : undefined;
    const response = await fetch(url, { headers, signal: aborted.signal });
    if (response.status !== 200) throw new Error(`${url}: ${response.status} ${await response.text()}`);
    const listener = new Listener(response.headers);
    listener.aborted.signal.addEventListener('abort', () => aborted.abort());
    void listener.read(response.body!);
    return listener;
  }

  /** The first event of this type for which the predicate holds. */
  async heard(event: string, test: (data: any) => boolean = () => true): Promise<any> {
    const find = () => this.events.find((one) => one.event === event && test(one.data));
    await until(() => Promise.resolve(find() !== undefined));
    return find()!.data;
  }

  close(): void {
    this.aborted.abort();
  }

  private async read(body: ReadableStream<Uint8Array>): Promise<void> {
    const decoder = new TextDecoder();
    let text = '';
    try {
      for await (const chunk of body) {
        text += decoder.decode(chunk, { stream: true });
        const blocks = text.split('\n\n');
        text = blocks.pop()!;
        for (const block of blocks) this.take(block);
      }
    } catch {
      // closed by the test, or by a server that was killed
    }
    this.hasEnded = true;
  }

  private take(block: string): void {
    const fields = Object.fromEntries(block.split('\n').map((line) => line.split(/: (.*)/)));
    if (fields.event) this.events.push({ event: fields.event, data: JSON.parse(fields.data) });
  }
}
