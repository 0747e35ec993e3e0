import type { FastifyInstance } from 'fastify';
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerOptions,
  type ServerResponse,
} from 'node:http';
import { problemMediaType } from './accept.js';
import { problemDocument } from './problem.js';
import { canonicalUrl } from './route-aliases.js';
import { HEADERS } from './security-headers.js';
import { isV1, v1Failure } from './v1-failure.js';

type Kind = 'browsing' | 'buying' | 'signingIn';

/** Most concurrent requests of a kind while the event loop has time left, however slow the database is. */
const MOST_AT_ONCE = { browsing: 256, buying: 128, signingIn: 256 };
/**
 * Most concurrent requests in a rush: enough to keep the process and the database busy. More buyers are admitted, since
 * they share statements and commits. Beyond that throughput does not grow, while every tick of the event loop gets
 * longer, and refusals and health checks wait for it.
 */
const AT_ONCE_IN_A_RUSH = { browsing: 12, buying: 32, signingIn: 12 };
/** After a rush the limit grows by this factor with every look. */
const GROWTH = 1.1;
const LOOK_EVERY_MS = 20;

/** So few concurrent requests are not a rush, even when they are slow. */
const FEW_AT_ONCE = 96;
/** In a rush the event loop is busy for at least this share of its time, over BUSY_FOR_MS; a burst is over sooner. */
const BUSY = 0.9;
const BUSY_FOR_MS = 400;

/** The concurrent requests of one kind, and their limit. */
class Share {
  private underWay = 0;
  private refused = 0;
  private room: number;

  constructor(
    private readonly most: number,
    private readonly mostInARush: number,
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
  }

  adjust(isRush: boolean): void {
    this.refused = 0;
    this.room = isRush ? this.mostInARush : Math.min(this.most, GROWTH * this.room);
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
    browsing: new Share(MOST_AT_ONCE.browsing, AT_ONCE_IN_A_RUSH.browsing),
    buying: new Share(MOST_AT_ONCE.buying, AT_ONCE_IN_A_RUSH.buying),
    signingIn: new Share(MOST_AT_ONCE.signingIn, AT_ONCE_IN_A_RUSH.signingIn),
  };

  constructor(
    private readonly corsOrigins: string[],
    private readonly publicPath: string,
  ) {}

  /** A server in front of Fastify's handler. */
  serve(handler: RequestListener, options: ServerOptions): Server {
    return createServer(options, (request, response) => {
      if (!this.isAnyFull) return handler(request, response);
      const url = canonicalUrl(request.method!, request.url!, this.publicPath);
      const share = this.shareOf(request.method!, url);
      if (!share?.isFull) return handler(request, response);
      share.refuse();
      this.refuse(request, url, response);
    });
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
    const watch = this.watchForRushes();
    fastify.addHook('onClose', (_fastify, done) => {
      clearInterval(watch);
      done();
    });
  }

  private watchForRushes(): NodeJS.Timeout {
    const shares = Object.values(this.shares);
    let before = performance.eventLoopUtilization();
    let lookedAt = performance.now();
    let isBusy = false;
    const look = () => {
      if (performance.now() - lookedAt >= BUSY_FOR_MS) {
        isBusy = performance.eventLoopUtilization(before).utilization > BUSY;
        before = performance.eventLoopUtilization();
        lookedAt = performance.now();
      }
      const asked = shares.reduce((sum, share) => sum + share.asked, 0);
      for (const share of shares) share.adjust(isBusy && asked > FEW_AT_ONCE);
    };
    return setInterval(look, LOOK_EVERY_MS).unref();
  }

  private get isAnyFull(): boolean {
    const { browsing, buying, signingIn } = this.shares;
    return browsing.isFull || buying.isFull || signingIn.isFull;
  }

  private shareOf(method: string, url: string): Share | undefined {
    const kind = method === 'OPTIONS' ? undefined : kindOf(url);
    return kind && this.shares[kind];
  }

  private refuse({ headers }: IncomingMessage, url: string, response: ServerResponse): void {
    const { body, headersOf } = isV1(url) ? V1_REFUSAL : REFUSAL;
    const { origin } = headers;
    const isAllowed = origin !== undefined && this.corsOrigins.includes(origin);
    const common = headersOf[problemMediaType(headers)];
    response.writeHead(503, isAllowed ? { ...common, ...corsHeaders(origin) } : common);
    response.end(body);
  }
}

function kindOf(url: string): Kind | undefined {
  if (/^\/api\/(cart|orders)\b/.test(url)) return 'buying';
  if (/^\/api\/(v1\/)?auth\b/.test(url)) return 'signingIn';
  return /^\/api\/(health\/|events\b)/.test(url) ? undefined : 'browsing'; // events never end, and have a bound of their own
}

/** A refusal, made once: its headers by the media type that the client accepts. */
function refusal(document: object, ownType?: string) {
  const body = Buffer.from(JSON.stringify(document));
  const withType = (type: string) => ({
    ...HEADERS,
    'cache-control': 'no-store',
    'content-type': `${ownType ?? type}; charset=utf-8`,
    'content-length': body.length,
    'retry-after': '1',
  });
  return {
    body,
    headersOf: {
      'application/json': withType('application/json'),
      'application/problem+json': withType('application/problem+json'),
    },
  };
}

const REFUSAL = refusal(problemDocument(503, 'busy', DETAIL));
const V1_REFUSAL = refusal(v1Failure(503, 'busy', DETAIL).body, 'application/json');

/** CORS headers of a refusal, so that a frontend on another origin can read it, and `Retry-After`. */
function corsHeaders(origin: string) {
  return {
    'access-control-allow-origin': origin,
    'access-control-allow-credentials': 'true',
    'access-control-expose-headers': 'Retry-After',
    vary: 'Origin',
  };
}
