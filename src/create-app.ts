import cors from '@fastify/cors';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import {
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  type HookHandlerDoneFunction as Done,
  LogController,
} from 'fastify';
import { randomBytes } from 'node:crypto';
import type { IncomingMessage, RequestListener } from 'node:http';
import type { Socket } from 'node:net';
import { AppModule } from './app.module.js';
import type { Config } from './config/config.js';
import type { OpenDatabase } from './database/open-database.js';
import { Admission } from './http/admission.js';
import { LONGEST_REQUEST_MS, limitBodies } from './http/body-deadline.js';
import { answerConditionals } from './http/conditional.js';
import { recordRoutes } from './http/known-routes.js';
import { listenMore } from './http/more-listeners.js';
import { overrideMethod } from './http/method-override.js';
import { canonicalUrl, isRoot } from './http/route-aliases.js';
import { prefersHtml } from './http/accept.js';
import { answerBareArrays } from './http/list-format.js';
import { readQuery } from './http/query-string.js';
import { readForms } from './http/form-body.js';
import { removeForwardedPorts } from './http/forwarded-addresses.js';
import { MAX_BODY_BYTES, nameIn, readJsonBodies, refuseUnstorable } from './http/json-body.js';
import { serveFrontends } from './http/frontends.js';
import { FrameworkLogger } from './http/framework-logger.js';
import { serveDocs } from './http/openapi.js';
import { problemDocument } from './http/problem.js';
import { answerProblem } from './http/problem.filter.js';
import { HEADERS, secureHeaders } from './http/security-headers.js';
import { sealFingerprints } from './idempotency/idempotent-request.js';
import { serveMedia } from './media/serve-media.js';
import { limitRequests } from './rate-limit/limit-requests.js';
import { validation } from './http/validation.js';

/** Headers that a frontend on another origin may read. */
const EXPOSED_HEADERS = [
  'ETag',
  'Link',
  'Retry-After',
  'X-Cart-Token',
  'X-RateLimit-Limit',
  'X-RateLimit-Remaining',
  'X-RateLimit-Reset',
  'X-Total-Count',
].join(', ');

/**
 * Options of Node's HTTP server in milliseconds: how long a client may take to send something, and how often that is
 * checked. `limitBodies` sets shorter limits for bodies.
 */
const TIMEOUTS = {
  requestTimeout: LONGEST_REQUEST_MS,
  headersTimeout: 10_000,
  keepAliveTimeout: 72_000,
  connectionsCheckingInterval: 2_000,
};

/** The whole HTTP side: route aliases, bodies, headers, errors and documentation around the modules. */
export async function createApp(
  config: Config,
  dataSource: OpenDatabase['dataSource'],
): Promise<NestFastifyApplication> {
  const admission = new Admission(config.corsOrigins, config.publicPath);
  const adapter = new FastifyAdapter({
    logger: { level: config.logLevel, redact: ['req.headers.authorization', 'req.headers.cookie'] },
    logController: new LogController({ disableRequestLogging: true }),
    trustProxy: config.trustProxy,
    genReqId: requestIds(),
    bodyLimit: MAX_BODY_BYTES,
    serverFactory: (handler: RequestListener) => admission.serve(handler, TIMEOUTS),
    return503OnClosing: false,
    routerOptions: { querystringParser: readQuery },
    rewriteUrl: (request: IncomingMessage) => {
      overrideMethod(request, config.publicPath);
      const { method, url, headers } = request;
      if (isRoot(url!, config.publicPath) && method === 'GET' && prefersHtml(headers)) return '/welcome';
      return canonicalUrl(method!, url!, config.publicPath);
    },
    frameworkErrors: (error: FastifyError, request: FastifyRequest, reply: FastifyReply) => {
      reply.headers(HEADERS); // no hook has run yet
      answerProblem(error, request, reply);
    },
    clientErrorHandler: answerUnreadable,
    skipMiddie: true,
  });
  const fastify = adapter.getInstance() as unknown as FastifyInstance;
  listenMore(fastify);
  recordRoutes(fastify);
  if (config.trustProxy) removeForwardedPorts(fastify);
  sealFingerprints(fastify, config);
  limitBodies(fastify);
  readJsonBodies(fastify);
  secureHeaders(fastify);
  if (config.listFormat === 'array') answerBareArrays(fastify);
  answerConditionals(fastify);
  admission.count(fastify);
  fastify.addHook('preValidation', refuseUnstorableAddress);

  const app = await NestFactory.create<NestFastifyApplication>(AppModule.over(config, dataSource), adapter, {
    bodyParser: false,
    abortOnError: false,
    logger: new FrameworkLogger(fastify.log),
  });
  app.setGlobalPrefix('api', { exclude: ['dev/mailbox', 'dev/mailbox/:id', 'welcome'] });
  app.useGlobalPipes(validation());
  await app.register(cors, {
    origin: config.corsOrigins,
    methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
    credentials: true,
    exposedHeaders: EXPOSED_HEADERS,
    maxAge: 600,
    strictPreflight: false,
  });
  limitRequests(fastify, config);
  await readForms(app, config);
  await serveMedia(app);
  await serveFrontends(app, config);
  serveDocs(app);
  return app;
}

function refuseUnstorableAddress({ query, params }: FastifyRequest, _reply: FastifyReply, done: Done): void {
  try {
    for (const values of [query, params]) {
      for (const [name, value] of Object.entries(values ?? {})) {
        if (typeof value === 'string') refuseUnstorable(value, [nameIn(name)]);
      }
    }
    done();
  } catch (error) {
    done(error as Error);
  }
}

/** Request ids that are unique across processes. */
function requestIds(): () => string {
  const ofThisProcess = randomBytes(6).toString('base64url');
  let requests = 0;
  return () => `${ofThisProcess}-${(requests += 1)}`;
}

/** Answers input that is not valid HTTP, and closes the connection. */
function answerUnreadable(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
  const [status, code, detail] =
    error.code === 'HPE_HEADER_OVERFLOW'
      ? [431, 'headers_too_large', 'The headers are too large.']
      : error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
        ? [408, 'request_timeout', 'The request took too long to arrive.']
        : [400, 'bad_request', 'The request is not valid HTTP.'];
  const document = problemDocument(status as number, code as string, detail as string);
  const body = JSON.stringify(document);
  socket.end(
    `HTTP/1.1 ${status} ${document.title}\r\nContent-Type: application/json; charset=utf-8\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  );
}
