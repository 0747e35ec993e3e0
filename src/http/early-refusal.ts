import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

interface PlainRequest {
  method: string;
  url: string;
  headers: Map<string, string>;
  /** Bytes of its body. */
  length: number;
}

/** @returns the response to a request that is refused, else undefined */
type Refuse = (request: PlainRequest) => string | undefined;

const LONGEST_REQUEST = 8_192;
/** Requests and their headers as clients write them: RFC 9112 without its rarer forms. */
const START = /(GET|HEAD|POST|PUT|PATCH|DELETE) (\/[!-"$-~]*) HTTP\/1\.1\r\n/y;
const HEADER = /([\w!#$%&'*+.^`|~-]+): ([\t -~]*)\r\n/y;
const CRLF = '\r\n';
/** Requests with these have a body without a length, or change the connection. */
const NOT_PLAIN = new Set(['transfer-encoding', 'upgrade', 'expect', 'proxy-connection']);

/**
 * Refuses requests before Node's HTTP parser: in an overload most of the processor time of a refusal is spent on the
 * objects that it makes for each request (`npm run test:load -- refusals`).
 *
 * This is no second parser: a chunk of bytes is refused only if it is exactly one request that every parser reads in the
 * same way, namely a plain head, and a body of its `Content-Length` if it has one. Node's parser gets everything else. So
 * that both agree where a request begins, a chunk is looked at only when the parser awaits a new request, which is known
 * if the chunk before
 * - does not exist, because the connection is new, or
 * - was refused here, or
 * - was such a request, and the parser found one request in it, of the same length and complete, whose response was sent.
 *   (If the parser took the beginning of the chunk for the rest of something else, what is left is shorter than a head and
 *   a body of that length, unless both end with the chunk.)
 * So no part of a request is taken for another request, as in request smuggling, and responses keep their order, also
 * behind a proxy that sends requests of several clients on one connection.
 *
 * A connection comes here after its first refusal, or when it is opened in an overload. Then its parser is made only for the
 * first request that is not refused. Until then it is closed after `headersTimeout` without a first byte, and after
 * `keepAliveTimeout` without traffic.
 */
export class EarlyRefusal {
  private readonly connections = new WeakMap<Socket, Connection>();
  /** Connections without a parser, which Node's server does not know. */
  private readonly unparsed = new Set<Socket>();
  private isStopped = false;

  constructor(private readonly refuse: Refuse) {}

  private readonly refuseUntilStop: Refuse = (request) => (this.isStopped ? undefined : this.refuse(request));

  /** Must be called before others listen for the server's connections. */
  watchConnections(server: Server, isOverload: () => boolean): void {
    const [nodesListener] = server.listeners('connection') as [(socket: Socket) => void];
    server.off('connection', nodesListener);
    server.on('connection', (socket: Socket) => {
      const attachParser = () => nodesListener.call(server, socket);
      if (!isOverload() || this.isStopped) return attachParser();
      const connection = new Connection(socket, this.refuseUntilStop);
      const forget = () => this.unparsed.delete(socket);
      connection.begin(() => {
        forget();
        attachParser();
      }, server);
      socket.once('close', forget);
      this.unparsed.add(socket);
      this.connections.set(socket, connection);
    });
  }

  /**
   * Must be called with the response to each request that Node's parser finds.
   *
   * @returns whether the parser must go on to read the request, to tell when it is complete
   */
  note(response: ServerResponse): boolean {
    const connection = this.connections.get(response.req.socket);
    connection?.note(response);
    return connection !== undefined;
  }

  /** After this response, requests on its connection are refused here. */
  watch(response: ServerResponse): void {
    const { socket } = response.req;
    if (this.connections.has(socket)) return;
    response.once('finish', () => {
      if (this.connections.has(socket)) return;
      const connection = new Connection(socket, this.refuseUntilStop);
      connection.takeFromParser();
      this.connections.set(socket, connection);
    });
  }

  /** From now on Node's parser gets every request, so that its response can end the connection. */
  stop(): void {
    this.isStopped = true;
  }

  /** Closes connections without a parser: `closeIdleConnections` of the server does not. */
  closeUnparsed(): void {
    for (const socket of this.unparsed) socket.destroy();
  }
}

class Connection {
  /** Whether a new request is awaited, and no response is to be sent. */
  private isIdle = false;
  /** Responses to the requests that the parser found in the last chunk, while they matter. */
  private found: ServerResponse[] = [];
  private readonly listener = (chunk: Buffer) => this.receive(chunk);
  private parse!: (chunk: Buffer) => void;

  constructor(
    private readonly socket: Socket,
    private readonly refuse: Refuse,
  ) {}

  /** Reads a new connection. Its parser is attached for the first request that is not refused. */
  begin(attachParser: () => void, { headersTimeout, keepAliveTimeout }: Server): void {
    const { socket } = this;
    const end = () => socket.end();
    const destroy = () => socket.destroy();
    this.isIdle = true;
    this.parse = (chunk) => {
      socket.off('data', this.listener).off('end', end).off('error', destroy).setTimeout(0, destroy);
      attachParser();
      this.takeFromParser();
      this.parse(chunk);
    };
    socket.once('data', () => socket.setTimeout(keepAliveTimeout));
    socket.on('data', this.listener).on('end', end).on('error', destroy).setTimeout(headersTimeout, destroy);
  }

  takeFromParser(): void {
    const { socket } = this;
    // Node reads the socket in C++ until somebody else listens to its data.
    const [nodesListener] = socket.listeners('data') as [(chunk: Buffer) => void];
    this.parse = nodesListener;
    socket.on('data', this.listener);
    socket.off('data', nodesListener);
  }

  note(response: ServerResponse): void {
    this.found.push(response);
  }

  private receive(chunk: Buffer): void {
    const request = plainRequest(chunk);
    const refusal = request && this.canRefuse ? this.refuse(request) : undefined;
    if (refusal) this.socket.write(refusal, 'latin1');
    else this.passOn(chunk, request);
  }

  /** A client that does not read gets no more responses here; Node stops reading from it. */
  private get canRefuse(): boolean {
    return this.isIdle && this.socket.writable && this.socket.writableLength === 0;
  }

  private passOn(chunk: Buffer, request: PlainRequest | undefined): void {
    const found: ServerResponse[] = [];
    this.isIdle = false;
    this.found = found;
    this.parse(chunk);
    const [response] = found;
    const isOne = found.length === 1 && response!.req.complete && lengthOf(response!.req) === request?.length;
    if (!isOne) return this.forget();
    response!.once('finish', () => {
      if (this.found !== found) return;
      this.isIdle = true;
      this.forget();
    });
  }

  private forget(): void {
    this.found = [];
  }
}

/** @returns undefined unless the chunk is exactly one request in its plainest form */
function plainRequest(chunk: Buffer): PlainRequest | undefined {
  if (chunk.length > LONGEST_REQUEST) return;
  const text = chunk.toString('latin1');
  const [start, method, url] = matchAt(START, text, 0) ?? [];
  if (!start) return;
  const headers = new Map<string, string>();
  let at = start.length;
  while (!text.startsWith(CRLF, at)) {
    const [line, field, value] = matchAt(HEADER, text, at) ?? [];
    const name = field?.toLowerCase();
    if (!line || !name || headers.has(name) || NOT_PLAIN.has(name)) return;
    headers.set(name, value!.trim());
    at += line.length;
  }
  const length = text.length - at - CRLF.length;
  const isWhole = (headers.get('content-length') ?? '0') === String(length);
  const keepsConnection = /^keep-alive$/i.test(headers.get('connection') ?? 'keep-alive');
  return isWhole && keepsConnection && headers.has('host')
    ? { method: method!, url: url!, headers, length }
    : undefined;
}

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

/** The length of the body as Node's parser reads it. */
function lengthOf({ headers }: IncomingMessage): number {
  return headers['transfer-encoding'] === undefined ? Number(headers['content-length'] ?? 0) : NaN;
}
