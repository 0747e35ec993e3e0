import { type Answer, ApiError, readAnswer, toError } from './answers';
import { apiUrl } from './addresses';
import { accessToken, replaceToken } from './session';

interface Options {
  method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** JSON, or a form with files. */
  body?: object;
  /** The `ETag` that was read; the response is 412 when the record has changed since. */
  ifMatch?: string;
  /** Makes a retry of a POST safe. */
  idempotencyKey?: string;
  signal?: AbortSignal;
}

/**
 * Sends a request to the API, and again with a new token after a 401.
 *
 * @throws ApiError for any response of 400 or more, with status 0 when there is none
 */
export async function request<T>(path: string, options: Options = {}): Promise<Answer<T>> {
  return readAnswer<T>(await open(path, options));
}

/** @throws ApiError as `request` does */
export async function get<T>(path: string, signal?: AbortSignal): Promise<T> {
  return (await request<T>(path, { signal })).body;
}

/** A response that is read as a stream. @throws ApiError as `request` does */
export async function stream(path: string, signal: AbortSignal): Promise<Response> {
  const response = await open(path, { signal }, 'text/csv');
  if (!response.ok) throw toError(response, await response.text());
  return response;
}

async function open(path: string, options: Options, accept = 'application/json'): Promise<Response> {
  const token = accessToken();
  const response = await send(path, options, accept, token);
  if (response.status !== 401) return response;
  await replaceToken(token);
  return send(path, options, accept, accessToken());
}

async function send(
  path: string,
  { method = 'GET', body, ifMatch, idempotencyKey, signal }: Options,
  accept: string,
  token: string | undefined,
): Promise<Response> {
  const isForm = body instanceof FormData;
  const headers: Record<string, string> = { accept };
  if (token) headers.authorization = `Bearer ${token}`;
  if (body && !isForm) headers['content-type'] = 'application/json';
  if (ifMatch) headers['if-match'] = ifMatch;
  if (idempotencyKey) headers['idempotency-key'] = idempotencyKey;
  try {
    return await fetch(apiUrl(path), {
      method,
      headers,
      body: isForm ? body : body && JSON.stringify(body),
      signal,
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new ApiError(0, { code: 'no_answer', detail: '' });
  }
}
