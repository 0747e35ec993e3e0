interface Watch {
  /** URL of `/api/events`, with its query. */
  url: string;
  /** Called before each connection, since an access token may have expired. */
  headers: () => Promise<Record<string, string>>;
  /**
   * The shown data may be outdated: a stream begins, or this is called as polling where there is none.
   *
   * @param isFirst the page has just loaded its data
   */
  onReady: (isFirst: boolean) => void;
  /** `stock` or `order`, with its data. */
  onEvent: (name: string, data: unknown) => void;
}

const LONGEST_PAUSE_MS = 30_000;
/** The API sends something every 15 seconds: a stream without data for longer has broken without an error. */
const LONGEST_SILENCE_MS = 40_000;

/**
 * Listens to the API's server-sent events by `fetch`, since `EventSource` sends no `Authorization`. Without a stream
 * (behind a proxy that buffers, or with too many listeners), `onReady` is called at intervals instead.
 *
 * A hidden tab does not listen: over HTTP/1.1 a browser has six connections for all tabs of a shop.
 *
 * @returns a function that stops it
 */
export function watchEvents(watch: Watch): () => void {
  let connection: AbortController | undefined;
  let isFirst = true;

  function followVisibility(): void {
    connection?.abort();
    connection = undefined;
    if (document.visibilityState !== 'visible') return;
    connection = new AbortController();
    void stayConnected(watch, connection.signal, isFirst);
    isFirst = false;
  }

  followVisibility();
  document.addEventListener('visibilitychange', followVisibility);
  return () => {
    document.removeEventListener('visibilitychange', followVisibility);
    connection?.abort();
  };
}

async function stayConnected(watch: Watch, signal: AbortSignal, isFirst: boolean): Promise<void> {
  let retryMs = 2_000;
  let failures = 0;
  let isFirstStream = isFirst;
  while (!signal.aborted) {
    let hasBegun = false;
    try {
      for await (const { name, data, retry } of readStream(watch, signal)) {
        hasBegun = true;
        retryMs = retry ?? retryMs;
        if (name === 'ready') watch.onReady(isFirstStream);
        else if (data !== undefined) watch.onEvent(name, data);
        isFirstStream &&= name !== 'ready';
      }
    } catch {
      // The network failed, or the response is not a stream: the next attempt follows later.
    }
    failures = hasBegun ? 0 : failures + 1;
    await pause(Math.min(retryMs * 2 ** failures, LONGEST_PAUSE_MS), signal);
    if (!hasBegun && !signal.aborted && navigator.onLine) watch.onReady(false);
  }
}

interface StreamEvent {
  name: string;
  data: unknown;
  retry?: number;
}

/** @throws when the response is not an event stream, or sends nothing for too long */
async function* readStream({ url, headers }: Watch, signal: AbortSignal): AsyncGenerator<StreamEvent> {
  const silence = new AbortController();
  const waitOn = () => setTimeout(() => silence.abort(), LONGEST_SILENCE_MS);
  let timer = waitOn();
  try {
    const response = await fetch(url, {
      headers: await headers(),
      signal: AbortSignal.any([signal, silence.signal]),
      cache: 'no-store',
    });
    if (!response.ok || !response.body) throw new Error(`no stream: ${response.status}`);
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      clearTimeout(timer);
      timer = waitOn();
      const blocks = (text + part.value).split('\n\n');
      text = blocks.pop()!;
      for (const block of blocks) yield parseEvent(block);
    }
  } finally {
    clearTimeout(timer);
  }
}

/** Parses one event: lines of `field: value`, see https://html.spec.whatwg.org/multipage/server-sent-events.html. */
function parseEvent(block: string): StreamEvent {
  const values = new Map(
    block.split('\n').map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon), line.slice(colon + 1).trim()] as const;
    }),
  );
  const [data, retry] = [values.get('data'), values.get('retry')];
  return {
    name: values.get('event') ?? 'message',
    data: data === undefined ? undefined : JSON.parse(data),
    ...(retry && { retry: Number(retry) }),
  };
}

/** Ends early when the network is back. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      removeEventListener('online', end);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    addEventListener('online', end);
    signal.addEventListener('abort', end);
  });
}
