import { Agent, type IncomingMessage, request } from 'node:http';
import { whatIsUndescribed } from './described-answers.js';

const agent = new Agent({ keepAlive: true });

export interface ApiResponse {
  status: number;
  headers: Headers;
  body: any;
  text: string;
}

interface Sent {
  headers?: Record<string, string>;
  /** Sent unchanged; `body` is sent as JSON. */
  raw?: string | FormData;
  body?: unknown;
}

/** A request under way: `await` gives the response, `expect` checks its status first. */
export type Call = Promise<ApiResponse> & {
  /** @throws Error with the response's text when the status differs */
  expect(status: number): Promise<ApiResponse>;
};

/**
 * A client of the shop, signed in or not. It fails on a response of 500, on an error that is not JSON, and on a response
 * that the OpenAPI documents do not describe.
 */
export class Api {
  /** Addresses of apps of other versions, whose responses are not compared with the documents. */
  static readonly ofOtherVersions = new Set<string>();

  constructor(
    readonly url: string,
    readonly token?: string,
    readonly user?: any,
    readonly refresh?: string,
    /** Token of a guest's cart. */
    readonly cartToken?: string,
  ) {}

  withToken(token: string, user?: any, refresh?: string): Api {
    return new Api(this.url, token, user, refresh);
  }

  /** The same client, with requests to another process. */
  at(url: string): Api {
    return new Api(url, this.token, this.user, this.refresh, this.cartToken);
  }

  /** A guest who holds the token of a cart. */
  withCart(cartToken: string): Api {
    return new Api(this.url, this.token, this.user, this.refresh, cartToken);
  }

  get(path: string, headers?: Record<string, string>): Call {
    return this.send('GET', path, { headers });
  }

  post(path: string, body?: unknown, headers?: Record<string, string>): Call {
    return this.send('POST', path, { body, headers });
  }

  put(path: string, body?: unknown): Call {
    return this.send('PUT', path, { body });
  }

  patch(path: string, body?: unknown): Call {
    return this.send('PATCH', path, { body });
  }

  delete(path: string, body?: unknown): Call {
    return this.send('DELETE', path, { body });
  }

  send(method: string, path: string, { body, raw, headers = {} }: Sent = {}): Call {
    const sent = raw ?? (body === undefined ? undefined : JSON.stringify(body));
    const response = this.fetch(method, path, sent, headers);
    const expectStatus = async (status: number) => {
      const { status: actual, text } = await response;
      if (actual !== status)
        throw new Error(`${method} ${path}: ${actual}, not ${status}: ${text.slice(0, 500)}`);
      return response;
    };
    return Object.assign(response, { expect: expectStatus });
  }

  private async fetch(
    method: string,
    path: string,
    sent: string | FormData | undefined,
    headers: Record<string, string>,
  ) {
    const response = await exchange(method, new URL(this.url + path), sent, {
      ...(typeof sent === 'string' && { 'content-type': 'application/json' }),
      ...(this.token && { authorization: `Bearer ${this.token}` }),
      ...(this.cartToken && { 'x-cart-token': this.cartToken }),
      ...headers,
    });
    const { text } = response;
    const type = response.headers.get('content-type') ?? '';
    if (response.status === 500) throw new Error(`${method} ${path}: 500 ${text}`);
    const errorType = headers.accept?.includes('problem+json')
      ? 'application/problem+json'
      : 'application/json';
    if (response.status >= 400 && method !== 'HEAD' && !type.startsWith(errorType)) {
      throw new Error(`${method} ${path}: ${response.status} is no problem document: ${type} ${text}`);
    }
    const body = /json/.test(type) && text !== '' ? JSON.parse(text) : undefined;
    const { pathname, search } = new URL(this.url + path); // without /.., as it was sent
    const undescribed =
      !Api.ofOtherVersions.has(this.url) &&
      whatIsUndescribed(method, pathname + search, { status: response.status, type, body });
    if (undescribed)
      throw new Error(`${method} ${path} is not as openapi.json says: ${undescribed}\n${text.slice(0, 500)}`);
    return { status: response.status, headers: response.headers, body, text };
  }
}

/** Sends a request with the default headers of `fetch`, and follows no redirect. */
async function exchange(
  method: string,
  url: URL,
  sent: string | FormData | undefined,
  headers: Record<string, string>,
): Promise<{ status: number; headers: Headers; text: string }> {
  const form = sent instanceof FormData ? new Response(sent) : undefined;
  const body = form ? Buffer.from(await form.arrayBuffer()) : (sent as string | undefined);
  const defaults = {
    accept: '*/*',
    'accept-language': '*',
    'user-agent': 'node',
    ...(form && { 'content-type': form.headers.get('content-type')! }),
    ...(body !== undefined && { 'content-length': Buffer.byteLength(body) }),
  };
  return new Promise((resolve, reject) => {
    const call = request(url, { agent, method, headers: { ...defaults, ...headers } });
    call.on('error', reject).once('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.once('error', reject).once('end', () =>
        resolve({
          status: response.statusCode!,
          headers: headersOf(response),
          text: new TextDecoder().decode(Buffer.concat(chunks)),
        }),
      );
    });
    call.end(body);
  });
}

function headersOf({ rawHeaders }: IncomingMessage): Headers {
  const headers = new Headers();
  for (let index = 0; index < rawHeaders.length; index += 2) {
    headers.append(rawHeaders[index]!, rawHeaders[index + 1]!);
  }
  return headers;
}
