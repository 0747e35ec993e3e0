import { Injectable } from '@nestjs/common';
import http from 'node:http';
import https from 'node:https';
import { isIP } from 'node:net';
import { Webhook } from 'standardwebhooks';
import { Config } from '../config/config.js';
import { isPublicAddress, lookUpPublic, PrivateAddressError } from './public-address.js';

const WHOLE_MS = 5_000;
const ANSWER_BYTES = 1_024;

export interface WebhookMessage {
  /** The same on every attempt, so that a receiver can drop a second copy. */
  id: string;
  body: string;
  url: string;
  /** Secrets `whsec_…`; the message gets a signature of each. */
  secrets: string[];
  /** Time of the signature; a receiver refuses messages whose time differs much from its own clock. */
  sentAt: Date;
}

export interface WebhookAnswer {
  status: number;
  /** Beginning of the response's body. */
  text: string;
}

/** Sends a message according to the Standard Webhooks specification 1.0.0. Redirects are not followed. */
@Injectable()
export class WebhookSender {
  constructor(private readonly config: Config) {}

  /** @throws Error when there is no answer within five seconds; PrivateAddressError */
  async send({ id, body, url, secrets, sentAt }: WebhookMessage, abort: AbortSignal): Promise<WebhookAnswer> {
    const { protocol, hostname } = new URL(url);
    const host = hostname.replace(/^\[|\]$/g, '');
    const mayBePrivate = this.config.webhookPrivateAddresses;
    if (!mayBePrivate && isIP(host) && !isPublicAddress(host)) throw new PrivateAddressError(host);

    const request = (protocol === 'https:' ? https : http).request(url, {
      method: 'POST',
      agent: false,
      signal: AbortSignal.any([abort, AbortSignal.timeout(WHOLE_MS)]),
      ...(!mayBePrivate && { lookup: lookUpPublic }),
      headers: {
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(body),
        'user-agent': 'Comptoir-Webhooks',
        'webhook-id': id,
        'webhook-timestamp': Math.floor(sentAt.getTime() / 1000),
        'webhook-signature': secrets.map((secret) => new Webhook(secret).sign(id, sentAt, body)).join(' '),
      },
    });
    return new Promise((resolve, reject) => {
      request.once('error', reject);
      request.once('response', (response) => {
        readBeginning(response).then((text) => resolve({ status: response.statusCode!, text }), reject);
      });
      request.end(body);
    });
  }
}

async function readBeginning(response: http.IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    size += chunk.length;
    if (size >= ANSWER_BYTES) break; // which ends the connection
  }
  return Buffer.concat(chunks).subarray(0, ANSWER_BYTES).toString().replaceAll('\0', '');
}
