import type { FastifyInstance } from 'fastify';
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerOptions,
  type ServerResponse,
} from 'node:http';
import { problemDocument } from './problem.js';
import { canonicalUrl } from './route-aliases.js';
import { HEADERS } from './security-headers.js';
import { v1Failure } from './v1-failure.js';

type Kind = 'browsing' | 'buying' | 'signingIn';

/** A request that is accepted is answered within about so long. */
const LONGEST_WAIT_MS = 400;
/** However slow the process is, so many of a kind are accepted at once. Logins have a queue of their own behind this. */
const LEAST_AT_ONCE = { browsing: 256, buying: 64, signingIn: 256 };
/** How much the time that the last request took counts. */
const WEIGHT = 0.02;

/** The requests of one kind that are under way: as many as can be answered in time, by how fast they come to an end. */
class Share {
  private underWay = 0;
  private atMost = LONGEST_WAIT_MS; // a millisecond each, until it is known better
  private lastEnd = 0;
  private msPerRequest = 1;

  constructor(private readonly leastAtOnce: number) {}

  get isFull(): boolean {
    return this.underWay >= this.atMost;
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
    this.atMost = Math.max(this.leastAtOnce, LONGEST_WAIT_MS / this.msPerRequest);
  }
}

/** Addresses of /api/v1, as clients write them. */
const V1 = /^\/+(api\/+)?v1\//;

const DETAIL = 'The shop is busy; try again.';

/**
 * Refuses requests beyond what the process can answer in time: at once, before Fastify sees them, since a refusal that
 * costs as much as an answer is of no use. Each kind has a share of its own, so that a rush of readers keeps nobody from
 * buying or signing in. Health is always answered.
 */
export class Admission {
  private readonly shares = {
    browsing: new Share(LEAST_AT_ONCE.browsing),
    buying: new Share(LEAST_AT_ONCE.buying),
    signingIn: new Share(LEAST_AT_ONCE.signingIn),
  };

  constructor(
    private readonly corsOrigins: string[],
    private readonly publicPath: string,
  ) {}

  /** A server in front of Fastify's handler. */
  serve(handler: RequestListener, options: ServerOptions): Server {
    return createServer(options, (request, response) => {
      if (!this.isAnyFull || this.accepts(request)) handler(request, response);
      else this.refuse(request, response);
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
  }

  private get isAnyFull(): boolean {
    const { browsing, buying, signingIn } = this.shares;
    return browsing.isFull || buying.isFull || signingIn.isFull;
  }

  private accepts({ method, url }: IncomingMessage): boolean {
    const kind = method === 'OPTIONS' ? undefined : kindOf(canonicalUrl(method!, url!, this.publicPath));
    return kind === undefined || !this.shares[kind].isFull;
  }

  private refuse({ method, url, headers: { origin } }: IncomingMessage, response: ServerResponse): void {
    const answer = V1.test(canonicalUrl(method!, url!, this.publicPath)) ? V1_REFUSAL : REFUSAL;
    const isAllowed = origin !== undefined && this.corsOrigins.includes(origin);
    response.writeHead(503, isAllowed ? { ...answer.headers, ...corsHeaders(origin) } : answer.headers);
    response.end(answer.body);
  }
}

function kindOf(url: string): Kind | undefined {
  if (/^\/api\/(cart|orders)\b/.test(url)) return 'buying';
  if (/^\/api\/(v1\/)?auth\b/.test(url)) return 'signingIn';
  return url.startsWith('/api/health/') ? undefined : 'browsing';
}

const REFUSAL = refusal(problemDocument(503, 'busy', DETAIL));
const V1_REFUSAL = refusal(v1Failure(503, 'busy', DETAIL).body);

function refusal(document: object) {
  const body = JSON.stringify(document);
  const headers = {
    ...HEADERS,
    'cache-control': 'no-store',
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(body),
    'retry-after': '1',
  };
  return { headers, body };
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
