import {
  type ArgumentsHost,
  Catch,
  type ExceptionFilter,
  HttpException,
  NotFoundException,
} from '@nestjs/common';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { cannotServe, databaseFault, isInvalidValue, isUnreachable } from '../database/database.js';
import { problemMediaType } from './accept.js';
import {
  conflict,
  type ErrorAnswer,
  invalid,
  methodNotAllowed,
  Problem,
  type ProblemDetails,
  problemDocument,
  unavailable,
  unknownRoute,
} from './problem.js';
import { inLaravelsWords, isV1, v1Failure } from './v1-failure.js';

/** Turns every error into a problem document or, below `/api/v1`, Laravel's envelope. Unexpected errors are logged once. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  catch(error: unknown, host: ArgumentsHost): void {
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    answerProblem(error, reply.request, reply);
  }
}

export function answerProblem(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const problem =
    wrongMethod(error, request) ??
    (error instanceof Problem ? error : (brokenOff(error) ?? fromDatabase(error) ?? fromDisk(error)));
  if (problem?.kind === 'unavailable')
    request.log.warn(problem === error ? {} : { err: error }, problem.message);

  const { status, code, detail } = problem
    ? { status: problem.status, code: problem.code, detail: problem.message }
    : fromFramework(error);
  if (status >= 500 && !problem) request.log.error({ err: error }, 'unexpected error');

  if (status === 401) reply.header('www-authenticate', 'Bearer');
  if (problem?.details.retryAfter) reply.header('retry-after', problem.details.retryAfter);
  if (problem?.details.headers) reply.headers(problem.details.headers);
  if (problem?.details.etag) reply.header('etag', problem.details.etag);
  const answer = isV1(request.url)
    ? v1Failure(status, code, detail, problem?.details)
    : problemAnswer(request, status, code, detail, problem?.details);
  reply
    .code(answer.status)
    .header('content-type', `${answer.type}; charset=utf-8`)
    .header('cache-control', 'no-store')
    .send(JSON.stringify(answer.body));
}

function problemAnswer(
  { headers, body }: FastifyRequest,
  status: number,
  code: string,
  detail: string,
  details?: ProblemDetails,
): ErrorAnswer {
  const type = problemMediaType(headers);
  return { status, type, body: problemDocument(status, code, detail, details, body) };
}

/** For an unknown route: 405 when its path has other methods, else 404. */
function wrongMethod(
  error: unknown,
  { method, url, originalUrl, server }: FastifyRequest,
): Problem | undefined {
  const isNoRoute =
    error instanceof Problem ? error.code === 'route_not_found' : error instanceof NotFoundException;
  if (!isNoRoute) return undefined;
  const allowed = server.methodsAt(originalUrl);
  const problem = allowed.length > 0 ? methodNotAllowed(method, allowed) : unknownRoute();
  return isV1(url) ? inLaravelsWords(problem, method, url) : problem;
}

/** Node's error for a body that was cut off: its code, ECONNRESET, is also that of a lost database connection. */
function brokenOff(error: unknown): Problem | undefined {
  const isAborted = error instanceof Error && error.message === 'aborted';
  return isAborted ? invalid('bad_request', 'The request was broken off.') : undefined;
}

/** Errors of PostgreSQL, other than the violations that repositories translate themselves. */
function fromDatabase(error: unknown): Problem | undefined {
  if (isUnreachable(error)) return unavailable('database_unavailable', 'The database does not answer.');
  if (cannotServe(error)) return unavailable('database_unavailable', 'The database cannot serve now.');
  const state = databaseFault(error)?.sqlState;
  if (!state) return undefined;
  if (isInvalidValue(error)) return invalid('invalid_value', 'A value is out of the range it can have.');
  if (state.startsWith('23'))
    return conflict('conflict', 'The request conflicts with the state of the shop.');
  if (/^(40|54|55P03|57)/.test(state)) return unavailable('busy', 'The shop is busy; try again.');
  return undefined;
}

/** Errors of a disk that is full, over its quota, read-only or broken. Errors that wrap them contain their messages. */
function fromDisk(error: unknown): Problem | undefined {
  const isFault = error instanceof Error && /\b(ENOSPC|EDQUOT|EROFS|EIO): /.test(error.message);
  if (!isFault) return undefined;
  return unavailable('storage_unavailable', 'Files cannot be stored now; try again.', RETRY_AFTER_S);
}

const RETRY_AFTER_S = 10;

const CODES: Record<number, string> = {
  400: 'bad_request',
  401: 'not_authenticated',
  403: 'forbidden',
  408: 'request_timeout',
  413: 'body_too_large',
  414: 'uri_too_long',
  415: 'unsupported_media_type',
};

/** Errors of Nest and Fastify carry a status. Any other error is a fault, whose message is not sent to the client. */
function fromFramework(error: unknown): { status: number; code: string; detail: string } {
  const { statusCode, message } = error as FastifyError;
  const status = error instanceof HttpException ? error.getStatus() : (statusCode ?? 500);
  if (status >= 500) return { status: 500, code: 'internal_error', detail: 'Internal error' };
  return { status, code: CODES[status] ?? 'bad_request', detail: message };
}
