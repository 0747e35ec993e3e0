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

/** A request that is accepted is answered within about so long. */
const LONGEST_WAIT_MS = 250;
/** While the event loop turns fast, so many of a kind are accepted at once, however slow the database is. */
const MOST_WAITING = { browsing: 256, buying: 128, signingIn: 256 };
/** However slowly the event loop turns, so many of a kind are accepted at once: the share that each kind keeps. */
const LEAST_AT_ONCE = { browsing: 64, buying: 64, signingIn: 64 };
/** How much the time that the last request took counts. */
const WEIGHT = 0.02;

/** What is refused, and health, wait for one turn of the event loop, and what is accepted for several. */
const LONGEST_TURN_MS = 40;
const LOOK_EVERY_MS = 20;
const SHRINK = 0.8;
const GROW = 1.1;

/**
 * The requests of one kind that are under way. Two things bound them: how many can be answered in time, by how fast
 * they come to an end; and how long a turn of the event loop takes, since all that are ready are worked on in one turn.
 */
class Share {
  private underWay = 0;
  private room: number;
  private lastEnd = 0;
  private msPerRequest = 1; // until it is known better

  constructor(
    private readonly least: number,
    private readonly mostWaiting: number,
  ) {
    this.room = mostWaiting;
  }

  get isFull(): boolean {
    return this.underWay >= this.room;
  }

  begin(): void {
    if (this.underWay === 0) this.lastEnd = performance.now();
    this.underWay += 1;
  }

  end(): void {
    this.underWay -= 1;
    const now = performance.now();
    this.msPerRequest += WEIGHT * (now - this.lastEnd - this.msPerRequest);
    this.lastEnd = now;
  }

  /** Called regularly: less room after slow turns, more after fast ones, in steps, since a single one may be slow. */
  adjust(wasSlow: boolean): void {
    const most = Math.max(this.mostWaiting, LONGEST_WAIT_MS / this.msPerRequest);
    this.room = wasSlow ? Math.max(this.least, SHRINK * this.room) : Math.min(most, GROW * this.room);
  }
}

const DETAIL = 'The shop is busy; try again.';

/**
 * Refuses requests beyond what the process can answer in time: at once, before Fastify sees them, since a refusal that
 * costs as much as an answer is of no use. Each kind has a share of its own, so that a rush of readers keeps nobody from
 * buying or signing in. Health is always answered.
 */
export class Admission {
  private readonly shares = {
    browsing: new Share(LEAST_AT_ONCE.browsing, MOST_WAITING.browsing),
    buying: new Share(LEAST_AT_ONCE.buying, MOST_WAITING.buying),
    signingIn: new Share(LEAST_AT_ONCE.signingIn, MOST_WAITING.signingIn),
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
      if (this.accepts(request.method!, url)) handler(request, response);
      else this.refuse(request, url, response);
    });
  }

  /**
   * Counts requests from when their bodies have arrived, so that slow clients take no place, until they are answered.
   * Uploads are bounded where they are encoded.
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
    const watch = this.watchTurns();
    fastify.addHook('onClose', (_fastify, done) => {
      clearInterval(watch);
      done();
    });
  }

  private watchTurns(): NodeJS.Timeout {
    let lookedAt = performance.now();
    const look = () => {
      const now = performance.now();
      const wasSlow = now - lookedAt > LONGEST_TURN_MS;
      lookedAt = now;
      for (const share of Object.values(this.shares)) share.adjust(wasSlow);
    };
    return setInterval(look, LOOK_EVERY_MS).unref();
  }

  private get isAnyFull(): boolean {
    const { browsing, buying, signingIn } = this.shares;
    return browsing.isFull || buying.isFull || signingIn.isFull;
  }

  private accepts(method: string, url: string): boolean {
    const kind = method === 'OPTIONS' ? undefined : kindOf(url);
    return kind === undefined || !this.shares[kind].isFull;
  }

  private refuse({ headers }: IncomingMessage, url: string, response: ServerResponse): void {
    const { body, type } = isV1(url) ? V1_REFUSAL : REFUSAL;
    const { origin } = headers;
    const isAllowed = origin !== undefined && this.corsOrigins.includes(origin);
    response.writeHead(503, {
      ...HEADERS,
      'cache-control': 'no-store',
      'content-type': `${type ?? problemMediaType(headers)}; charset=utf-8`,
      'content-length': body.length,
      'retry-after': '1',
      ...(isAllowed && corsHeaders(origin)),
    });
    response.end(body);
  }
}

function kindOf(url: string): Kind | undefined {
  if (/^\/api\/(cart|orders)\b/.test(url)) return 'buying';
  if (/^\/api\/(v1\/)?auth\b/.test(url)) return 'signingIn';
  return /^\/api\/(health\/|events\b)/.test(url) ? undefined : 'browsing'; // events never end, and have a bound of their own
}

const REFUSAL = { body: bytes(problemDocument(503, 'busy', DETAIL)), type: undefined };
const V1_REFUSAL = { body: bytes(v1Failure(503, 'busy', DETAIL).body), type: 'application/json' };

function bytes(document: object): Buffer {
  return Buffer.from(JSON.stringify(document));
}

/** So that a frontend elsewhere is told that it may come back, and when. */
function corsHeaders(origin: string) {
  return {
    'access-control-allow-origin': origin,
    'access-control-allow-credentials': 'true',
    'access-control-expose-headers': 'Retry-After',
    vary: 'Origin',
  };
}
