import { type AddressInfo, type Socket } from 'node:net';
import { type ParsedMail, simpleParser } from 'mailparser';
import { SMTPServer, type SMTPServerDataStream } from 'smtp-server';
import { until } from './until.js';

export interface ReceivedMail {
  id: string;
  to: string;
  subject: string;
  text: string;
  html: string;
  headers: ParsedMail['headers'];
  source: string;
}

type Behaviour = 'accept' | 'refuse' | 'refuse for good' | 'hang' | 'cut after data';

/** A real SMTP server that can fail in the ways that real ones do. */
export class MailServer {
  readonly mails: ReceivedMail[] = [];
  behaviour: Behaviour = 'accept';
  /** Called when a mail has been received completely; the reply to the client waits until it resolves. */
  onArrival: (mail: ReceivedMail) => void | Promise<void> = () => {};
  attempts = 0;
  private server?: SMTPServer;
  private port = 0;

  static async start(): Promise<MailServer> {
    const server = new MailServer();
    await server.listen();
    return server;
  }

  get url(): string {
    return `smtp://127.0.0.1:${this.port}`;
  }

  /** Listens, after a `stop` on the same port as before. */
  async listen(): Promise<void> {
    const server = new SMTPServer({
      authOptional: true,
      hideSTARTTLS: true,
      disableReverseLookup: true,
      closeTimeout: 10,
      onConnect: (_session, done) => {
        this.attempts += 1;
        if (this.behaviour !== 'hang') done();
      },
      onRcptTo: (_address, _session, done) => {
        if (this.behaviour === 'refuse for good') {
          return done(Object.assign(new Error('No such mailbox'), { responseCode: 550 }));
        }
        if (this.behaviour !== 'refuse') return done();
        done(Object.assign(new Error('Try again later'), { responseCode: 451 }));
      },
      onData: (stream, session, done) => void this.receive(stream, session.envelope.rcptTo[0]!.address, done),
    });
    server.on('error', () => {}); // clients that are killed while they send
    this.server = server;
    await new Promise<void>((resolve) => server.listen(this.port, '127.0.0.1', resolve));
    this.port = (server.server.address() as AddressInfo).port;
  }

  /** Closes all connections and stops listening. */
  async stop(): Promise<void> {
    for (const connection of (this.server as any).connections) (connection._socket as Socket).destroy();
    await new Promise<void>((resolve) => this.server!.close(() => resolve()));
  }

  to(address: string): ReceivedMail[] {
    return this.mails.filter((mail) => mail.to === address);
  }

  /** The newest mail to an address. @throws when none comes */
  async mailTo(address: string, { subject = /./, count = 1 } = {}): Promise<ReceivedMail> {
    const found = () => this.to(address).filter((mail) => subject.test(mail.subject));
    await until(() => found().length >= count).catch(() => {
      const seen = this.mails.map((mail) => `${mail.to}: ${mail.subject}`).join('\n');
      throw new Error(`No mail ${subject} to ${address}, ${this.attempts} connections; there are:\n${seen}`);
    });
    return found().at(-1)!;
  }

  private async receive(
    stream: SMTPServerDataStream,
    to: string,
    done: (error?: Error) => void,
  ): Promise<void> {
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of stream) chunks.push(chunk);
    } catch (error) {
      return done(error as Error); // the client was killed while it sent
    }
    const source = Buffer.concat(chunks);
    const { messageId, subject, text, html, headers } = await simpleParser(source);
    const mail = {
      id: messageId!,
      to,
      subject: subject!,
      text: text!,
      html: html || '',
      headers,
      source: source.toString(),
    };
    this.mails.push(mail);
    await this.onArrival(mail);
    if (this.behaviour === 'cut after data') {
      for (const connection of (this.server as any).connections) (connection._socket as Socket).destroy();
    } else {
      done();
    }
  }
}

/** The only link of a mail, as path and query, so that any process can be requested. */
export function linkIn(mail: ReceivedMail): string {
  const [, fromHtml] = /<a href="([^"]+)"/.exec(mail.html) ?? [];
  const [fromText] = /https?:\/\/\S+\/api\/(auth|guest-orders)\/\S+/.exec(mail.text) ?? [];
  if (!fromHtml || fromHtml !== fromText)
    throw new Error(`HTML and text differ: ${fromHtml} and ${fromText}`);
  const url = new URL(fromHtml);
  return url.pathname + url.search;
}
