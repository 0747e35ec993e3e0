import type { FastifyBaseLogger, FastifyInstance } from 'fastify';
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerOptions,
  type ServerResponse,
} from 'node:http';
import type { Socket } from 'node:net';
import { problemMediaType } from './accept.js';
import { EarlyRefusal } from './early-refusal.js';
import { problemDocument } from './problem.js';
import { canonicalUrl } from './route-aliases.js';
import { HEADERS } from './security-headers.js';
import { isV1, v1Failure } from './v1-failure.js';

/** A response: status line and headers, without `Connection`, each with its line end, and the body. */
interface Refusal {
  head: string;
  body: string;
}

declare module 'fastify' {
  interface FastifyInstance {
    /** From now on every refusal can end its connection, as all responses of a process that stops. */
    stopEarlyRefusals(): void;
  }
}

type Kind = 'browsing' | 'buying' | 'signingIn';

/** Highest limits of concurrent requests of a kind, however slow the database is. */
const MOST_AT_ONCE = { browsing: 256, buying: 128, signingIn: 256 };
/**
 * Lowest limits, in an overload: enough to keep the process and the database busy. More buyers are admitted, since they
 * share statements and commits.
 */
const LEAST_AT_ONCE = { browsing: 12, buying: 32, signingIn: 12 };

const LOOK_EVERY_MS = 20;
/** Refusals and health checks wait for the end of a tick of the event loop. In an overload a longer one lowers the limits. */
const LONG_TICK_MS = 25;
/** A burst may cause long ticks for this time; after that it is an overload. */
const BURST_MS = 150;
/** After an overload, long ticks lower the limits without that delay for this time. */
const WARY_MS = 1_000;
/** Factors of the limits: the lowest for a long tick, and that for a short one. */
const SHRINKAGE = 0.5;
const GROWTH = 1.1;
/** So few concurrent requests are no overload, even when they are slow. */
const FEW_AT_ONCE = 96;

/** Refusals are counted in one log line for so long. */
const LOG_EVERY_MS = 1_000;

/** The concurrent requests of one kind, and their limit. */
class Share {
  private underWay = 0;
  private refused = 0;
  private refusedUnlogged = 0;
  private room: number;

  constructor(
    private readonly most: number,
    private readonly least: number,
  ) {
    this.room = most;
  }

  /** Requests that are being served, and those that were refused since the last look. */
  get asked(): number {
    return this.underWay + this.refused;
  }

  get isFull(): boolean {
    return this.underWay >= this.room;
  }

  begin(): void {
    this.underWay += 1;
  }

  end(): void {
    this.underWay -= 1;
  }

  refuse(): void {
    this.refused += 1;
    this.refusedUnlogged += 1;
  }

  /** @returns the number of refusals since the last call */
  takeRefused(): number {
    const refused = this.refusedUnlogged;
    this.refusedUnlogged = 0;
    return refused;
  }

  adjust(factor: number): void {
    this.refused = 0;
    this.room = Math.min(Math.max(factor * this.room, this.least), this.most);
  }
}

const DETAIL = 'The shop is busy; try again.';

/**
 * Load shedding: refuses requests beyond what the process can answer in time. It does so before Fastify sees them, since a
 * refusal must cost less than an answer. Each kind has a limit of its own, so that a rush of readers does not keep users
 * from buying or signing in. Health checks are always answered.
 */
export class Admission {
  private readonly shares = {
    browsing: new Share(MOST_AT_ONCE.browsing, LEAST_AT_ONCE.browsing),
    buying: new Share(MOST_AT_ONCE.buying, LEAST_AT_ONCE.buying),
    signingIn: new Share(MOST_AT_ONCE.signingIn, LEAST_AT_ONCE.signingIn),
  };

  private readonly early = new EarlyRefusal(({ method, url, headers }) => {
    const named = { accept: headers.get('accept'), origin: headers.get('origin') };
    const refusal = this.refusalOf(method, url, named);
    return refusal && `${refusal.head}Connection: keep-alive\r\n\r\n${refusal.body}`;
  });

  constructor(
    private readonly corsOrigins: string[],
    private readonly publicPath: string,
  ) {}

  /** A server in front of Fastify's handler. */
  serve(handler: RequestListener, options: ServerOptions): Server {
    const server = createServer(options, (request, response) => {
      const isRead = this.early.note(response);
      const refusal = this.refusalOf(request.method!, request.url!, request.headers);
      if (!refusal) return handler(request, response);
      this.early.watch(response);
      if (!isRead) ignoreBody(request);
      sendRendered(response, refusal);
    });
    this.early.watchConnections(server, () => this.isAnyFull);
    return server;
  }

  /**
   * Counts requests from the arrival of their bodies, so that slow clients do not count, until they are answered. Uploads
   * are limited where pictures are encoded.
   */
  count(fastify: FastifyInstance): void {
    fastify.addHook('preValidation', (request, reply, done) => {
      const kind = request.routeOptions.config.takesFiles ? undefined : kindOf(request.url);
      if (kind) {
        const share = this.shares[kind];
        share.begin();
        reply.raw.once('close', () => share.end());
      }
      done();
    });
    fastify.decorate('stopEarlyRefusals', () => this.early.stop());
    fastify.addHook('preClose', (done) => {
      this.early.closeUnparsed();
      done();
    });
    const watches = [this.watchForRushes(), this.logRefusals(fastify.log)];
    fastify.addHook('onClose', (_fastify, done) => {
      for (const watch of watches) clearInterval(watch);
      done();
    });
  }

  private watchForRushes(): NodeJS.Timeout {
    const shares = Object.values(this.shares);
    let lookedAt = performance.now();
    let longFor = 0;
    const look = () => {
      const now = performance.now();
      const tick = now - lookedAt;
      const asked = shares.reduce((sum, share) => sum + share.asked, 0);
      const isLong = tick > LONG_TICK_MS && asked > FEW_AT_ONCE;
      longFor = isLong ? Math.min(longFor + tick, BURST_MS + WARY_MS) : Math.max(longFor - tick, 0);
      const isRush = isLong && longFor > BURST_MS;
      for (const share of shares) share.adjust(isRush ? Math.max(LONG_TICK_MS / tick, SHRINKAGE) : GROWTH);
      lookedAt = now;
    };
    return setInterval(look, LOOK_EVERY_MS).unref();
  }

  private logRefusals(log: FastifyBaseLogger): NodeJS.Timeout {
    const look = () => {
      const kinds = Object.entries(this.shares).map(([kind, share]) => [kind, share.takeRefused()] as const);
      const refused = kinds.filter(([, count]) => count > 0);
      if (refused.length > 0)
        log.warn({ refused: Object.fromEntries(refused) }, 'overload: requests were refused');
    };
    return setInterval(look, LOG_EVERY_MS).unref();
  }

  private get isAnyFull(): boolean {
    const { browsing, buying, signingIn } = this.shares;
    return browsing.isFull || buying.isFull || signingIn.isFull;
  }

  private shareOf(method: string, url: string): Share | undefined {
    const kind = method === 'OPTIONS' ? undefined : kindOf(url);
    return kind && this.shares[kind];
  }

  /** The response to a request that exceeds the limit of its kind, which it counts. */
  private refusalOf(method: string, address: string, headers: IncomingHttpHeaders): Refusal | undefined {
    if (!this.isAnyFull) return;
    const url = canonicalUrl(method, address, this.publicPath);
    const share = this.shareOf(method, url);
    if (!share?.isFull) return;
    share.refuse();
    const { heads, body } = isV1(url) ? V1_REFUSAL : REFUSAL;
    const { origin } = headers;
    const isAllowed = origin !== undefined && this.corsOrigins.includes(origin);
    return {
      head: heads[problemMediaType(headers)] + (isAllowed ? corsLines(origin) : ''),
      body: method === 'HEAD' ? '' : body,
    };
  }
}

function kindOf(url: string): Kind | undefined {
  if (/^\/api\/(cart|orders)\b/.test(url)) return 'buying';
  if (/^\/api\/(v1\/)?auth\b/.test(url)) return 'signingIn';
  return /^\/api\/(health\/|events\b)/.test(url) ? undefined : 'browsing'; // events never end, and have a bound of their own
}

/** Renders a refusal, once: its head by the media type that the client accepts. */
function renderRefusal(document: object, ownType?: string) {
  const body = JSON.stringify(document);
  const headOf = (type: string) =>
    'HTTP/1.1 503 Service Unavailable\r\n' +
    linesOf({
      ...HEADERS,
      'cache-control': 'no-store',
      'content-type': `${ownType ?? type}; charset=utf-8`,
      'content-length': Buffer.byteLength(body),
      'retry-after': 1,
    });
  const heads = {
    'application/json': headOf('application/json'),
    'application/problem+json': headOf('application/problem+json'),
  };
  return { heads, body };
}

const REFUSAL = renderRefusal(problemDocument(503, 'busy', DETAIL));
const V1_REFUSAL = renderRefusal(v1Failure(503, 'busy', DETAIL).body, 'application/json');

/** CORS headers of a refusal, so that a frontend on another origin can read it, and `Retry-After`. */
function corsLines(origin: string): string {
  return linesOf({
    'access-control-allow-origin': origin,
    'access-control-allow-credentials': 'true',
    'access-control-expose-headers': 'Retry-After',
    vary: 'Origin',
  });
}

function linesOf(headers: Record<string, string | number>): string {
  return Object.entries(headers)
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('');
}

// What follows uses fields of Node's HTTP server that are not public, since the public ways cost more than the rest of a
// refusal. `npm run test:load -- refusals` compares it with a bare server.

/** Makes the parser drop the body; otherwise the stream of each request would be read to its end, and destroyed. */
function ignoreBody(request: IncomingMessage): void {
  const { parser } = request.socket as Socket & { parser?: { incoming: IncomingMessage | null } };
  if (parser) parser.incoming = null;
  (request as unknown as { _consuming: boolean })._consuming = true;
}

/**
 * Sends a response whose text exists already, in one write. `writeHead` would check and copy every header, and `end` write
 * the head, the body and an empty end separately.
 */
function sendRendered(response: ServerResponse, { head, body }: Refusal): void {
  const { shouldKeepAlive } = response;
  const internal = response as unknown as { _header: string; _last: boolean };
  internal._header = `${head}Connection: ${shouldKeepAlive ? 'keep-alive' : 'close'}\r\n\r\n${body}`;
  internal._last = !shouldKeepAlive;
  response.statusCode = 503;
  response.end();
}
