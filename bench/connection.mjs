import { connect } from 'node:net';

const HEAD_END = Buffer.from('\r\n\r\n');

/**
 * A keep-alive HTTP/1.1 connection for one request at a time. It knows no more of HTTP than our own servers send,
 * so that a core drives more load than a server takes.
 */
export class Connection {
  #socket;
  #url;
  #received = Buffer.alloc(0);
  #answer;

  /** @param {string} [localAddress] where it comes from: what a server counts requests by */
  static async open(url, localAddress) {
    const { hostname, port } = new URL(url);
    const socket = connect({ host: hostname, port: Number(port), localAddress, noDelay: true });
    await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject));
    return new Connection(socket, url);
  }

  constructor(socket, url) {
    this.#socket = socket;
    this.#url = url;
    socket.on('data', (chunk) => this.#receive(chunk));
    socket.on('error', (error) => this.#fail(error.message));
    socket.on('close', () => this.#fail('closed'));
  }

  /** @returns {Promise<{ status: number, body: Buffer }>} */
  request(method, path, token, body) {
    const authorization = token ? `authorization: Bearer ${token}\r\n` : '';
    const content = body
      ? `content-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`
      : method === 'GET'
        ? '\r\n'
        : 'content-length: 0\r\n\r\n';
    return new Promise((resolve, reject) => {
      this.#answer = { resolve, reject };
      this.#socket.write(`${method} ${path} HTTP/1.1\r\nhost: shop\r\n${authorization}${content}`);
    });
  }

  close() {
    this.#socket.destroy();
  }

  #receive(chunk) {
    const received = this.#received.length > 0 ? Buffer.concat([this.#received, chunk]) : chunk;
    this.#received = received;
    const headEnd = received.indexOf(HEAD_END);
    if (headEnd < 0) return;
    const head = received.latin1Slice(0, headEnd);
    const [, length] = /\r\ncontent-length: (\d+)/i.exec(head) ?? [];
    if (length === undefined) return this.#fail(`an answer without length: ${head}`);
    const start = headEnd + HEAD_END.length;
    const end = start + Number(length);
    if (received.length < end) return;
    this.#received = received.subarray(end);
    this.#answer?.resolve({ status: Number(head.slice(9, 12)), body: received.subarray(start, end) });
  }

  #fail(reason) {
    this.#answer?.reject(new Error(`the connection to ${this.#url} broke: ${reason}`));
    this.#socket.destroy();
  }
}
