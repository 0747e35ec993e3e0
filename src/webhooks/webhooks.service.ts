import { Injectable, Logger } from '@nestjs/common';
import { randomBytes } from 'node:crypto';
import { isIP } from 'node:net';
import { AuditService } from '../audit/audit.service.js';
import { Config } from '../config/config.js';
import { Database, type Transaction } from '../database/database.js';
import type { Principal } from '../http/access.js';
import { type Json, type Page, type PageQuery, readPage } from '../http/paging.js';
import type { Precondition } from '../http/preconditions.js';
import { invalidField, notFound, Problem } from '../http/problem.js';
import { IdempotencyService } from '../idempotency/idempotency.service.js';
import type { IdempotentRequest } from '../idempotency/idempotent-request.js';
import { JobsService } from '../jobs/jobs.service.js';
import { isPublicAddress } from './public-address.js';
import type { WebhookDelivery } from './webhook-delivery.entity.js';
import type { WebhookEndpoint } from './webhook-endpoint.entity.js';
import { TEST_EVENT } from './webhook-event-type.js';
import { type WebhookMessage, WebhookSender } from './webhook-sender.js';
import type {
  CreateWebhookDto,
  UpdateWebhookDto,
  WebhookDeliveryDto,
  WebhookDto,
  WebhookWithSecretDto,
} from './webhooks.dto.js';
import { type DueDelivery, WebhooksRepository } from './webhooks.repository.js';

/** After e, e², … seconds: the last of them about a day after the event. The queue has the same number. */
const ATTEMPTS = 13;
const GONE = 410;
const MOST_ENDPOINTS = 50;
const SECRET_BYTES = 32;

/**
 * Sends events to external receivers, signed according to the Standard Webhooks specification 1.0.0. Triggers write the
 * events in the transactions of the changes; jobs send them, at least once and in no certain order. A trigger audits
 * changes of receivers; actions that change no audited column are added to the audit log here.
 */
@Injectable()
export class WebhooksService {
  private readonly logger = new Logger(WebhooksService.name);

  constructor(
    private readonly webhooks: WebhooksRepository,
    private readonly sender: WebhookSender,
    private readonly audit: AuditService,
    private readonly idempotency: IdempotencyService,
    private readonly database: Database,
    private readonly config: Config,
    jobs: JobsService,
  ) {
    jobs.handle('webhook', (job: { deliveryId: number }, _job, abort) => this.deliver(job.deliveryId, abort));
  }

  async list(): Promise<WebhookDto[]> {
    return (await this.webhooks.findAll()).map(webhookDto);
  }

  async find(id: number): Promise<WebhookDto> {
    return webhookDto(await this.existing(id));
  }

  /**
   * A new endpoint, once for each `Idempotency-Key`.
   *
   * @throws Problem 400 for an address that is not allowed; 409 `too_many_webhooks`
   */
  async create(
    { url, events, description = '', low_stock = 5 }: CreateWebhookDto,
    by: Principal,
    request?: IdempotentRequest,
  ): Promise<Json<WebhookWithSecretDto>> {
    this.refuseAddress(url);
    const row = { url, events, description, low_stock, secret: newSecret() };
    const insert = async (tx: Transaction) => {
      const endpoint = await this.webhooks.insert(row, MOST_ENDPOINTS, tx);
      if (!endpoint) {
        throw new Problem('conflict', 'too_many_webhooks', `There are ${MOST_ENDPOINTS} webhooks already.`);
      }
      return { status: 201, body: withSecret(endpoint) };
    };
    const { body } = await this.idempotency.once(by.id, request, (outer) =>
      this.database.transactionBy(by, insert, outer),
    );
    return body;
  }

  /** @throws Problem 400 for an address that is not allowed; 404; 412 when `precondition` does not hold */
  async update(
    id: number,
    { enabled, ...changes }: UpdateWebhookDto,
    by: Principal,
    precondition?: Precondition,
  ): Promise<WebhookDto> {
    if (changes.url !== undefined) this.refuseAddress(changes.url);
    return this.database.transactionBy(by, async (tx) => {
      await this.lock(id, precondition, tx);
      return webhookDto(await this.webhooks.update(id, changes, enabled, tx));
    });
  }

  /** Deletes an endpoint with its deliveries. @throws Problem 404; 412 as `update` does */
  async delete(id: number, by: Principal, precondition?: Precondition): Promise<void> {
    await this.database.transactionBy(by, async (tx) => {
      await this.lock(id, precondition, tx);
      await this.webhooks.delete(id, tx);
    });
  }

  /**
   * A new secret, once for each `Idempotency-Key`: a second rotation would end the day of the secret that receivers have.
   *
   * @throws Problem 404
   */
  async rotateSecret(
    id: number,
    by: Principal,
    request?: IdempotentRequest,
  ): Promise<Json<WebhookWithSecretDto>> {
    const rotate = async (tx: Transaction) => {
      const rotated = await this.webhooks.rotateSecret(id, newSecret(), tx);
      if (!rotated) throw unknownWebhook();
      await this.audit.add({ action: 'rotate_secret', ...entryOf(id) }, by, tx);
      return { status: 200, body: withSecret(rotated) };
    };
    const { body } = await this.idempotency.once(by.id, request, (outer) =>
      this.database.transaction(rotate, outer),
    );
    return body;
  }

  /** Sends `webhook.test` to the endpoint. @throws Problem 404 */
  async test(id: number, by: Principal): Promise<Json<WebhookDeliveryDto>> {
    return this.database.transaction(async (tx) => {
      await this.lock(id, undefined, tx);
      await this.audit.add({ action: 'test', ...entryOf(id) }, by, tx);
      return this.webhooks.emit(TEST_EVENT, { webhook_id: id }, id, tx);
    });
  }

  /** The deliveries of the last 30 days, the newest first. @throws Problem 404 */
  async listDeliveries(id: number, query: PageQuery): Promise<Json<Page<WebhookDeliveryDto>>> {
    await this.existing(id);
    const address = `${this.config.publicUrl}/api/admin/webhooks/${id}/deliveries`;
    return readPage(query, '-id', address, (start) => this.webhooks.findDeliveries(id, start));
  }

  /** @throws Problem 404 */
  replay(id: number, deliveryId: number, by: Principal): Promise<Json<WebhookDeliveryDto>> {
    return this.database.transaction(async (tx) => {
      const delivery = await this.webhooks.replay(id, deliveryId, tx);
      if (!delivery) throw notFound('webhook_delivery_not_found', 'This webhook has no such delivery.');
      await this.audit.add({ action: 'replay', ...entryOf(id), after: { delivery_id: deliveryId } }, by, tx);
      return delivery;
    });
  }

  deleteExpired(limit: number): Promise<number> {
    return this.webhooks.deleteExpired(limit);
  }

  /** @throws Error when the receiver did not accept the delivery, so that the job tries again */
  private async deliver(deliveryId: number, abort: AbortSignal): Promise<void> {
    const due = await this.webhooks.findDue(deliveryId);
    if (!due) return; // deleted meanwhile, or sent by a job whose outcome was not stored
    const { delivery, endpoint } = due;
    const attempt = await this.attempt(due, abort);
    const isGone = attempt.answer_status === GONE;
    const isLast = isGone || endpoint.disabled_at !== null || delivery.attempts + 1 >= ATTEMPTS;
    const status = attempt.isTaken ? 'delivered' : isLast ? 'failed' : 'pending';
    await this.webhooks.recordAttempt(deliveryId, { ...attempt, status });
    if (status === 'pending') throw new Error(`${endpoint.url}: ${attempt.error ?? attempt.answer_status}`);
    if (status === 'delivered') return;
    if (isGone) await this.disable(endpoint.id, 'it answered 410 Gone');
    else if (!(await this.webhooks.hasWorkedLately(endpoint.id))) {
      await this.disable(endpoint.id, 'it took nothing for a day');
    }
  }

  /** @throws Error when the process stops: this does not count as a failure of the receiver */
  private async attempt(due: DueDelivery, abort: AbortSignal): Promise<Attempt> {
    if (due.endpoint.disabled_at && due.event.type !== TEST_EVENT)
      return unanswered('the webhook is disabled');
    try {
      const { status, text } = await this.sender.send(messageOf(due), abort);
      return { isTaken: status >= 200 && status < 300, answer_status: status, answer: text, error: null };
    } catch (error) {
      abort.throwIfAborted();
      return unanswered((error as Error).message);
    }
  }

  private async disable(endpointId: number, reason: string): Promise<void> {
    await this.webhooks.disable(endpointId, reason);
    this.logger.warn(`webhook ${endpointId} is disabled: ${reason}`);
  }

  private async lock(id: number, precondition: Precondition | undefined, tx: Transaction): Promise<void> {
    const endpoint = await this.webhooks.lock(id, tx);
    if (!endpoint) throw unknownWebhook();
    precondition?.check(JSON.stringify(webhookDto(endpoint)));
  }

  private async existing(id: number): Promise<WebhookEndpoint> {
    const endpoint = await this.webhooks.find(id);
    if (!endpoint) throw unknownWebhook();
    return endpoint;
  }

  private refuseAddress(text: string): void {
    const url = URL.canParse(text) ? new URL(text) : undefined;
    const mayBePrivate = this.config.webhookPrivateAddresses;
    const protocols = mayBePrivate ? ['https:', 'http:'] : ['https:'];
    if (!url || !protocols.includes(url.protocol)) {
      throw invalidField(
        'url',
        `url must be an ${protocols.map((name) => `${name}//`).join(' or ')} address`,
      );
    }
    if (url.username || url.password) throw invalidField('url', 'url must not hold a name or a password');
    const host = url.hostname.replace(/^\[|\]$/g, '');
    const isPrivate = isIP(host) ? !isPublicAddress(host) : /(^|\.)localhost\.?$/.test(host);
    if (!mayBePrivate && isPrivate) throw invalidField('url', 'url must be a public address');
  }
}

interface Attempt extends Pick<WebhookDelivery, 'answer_status' | 'answer' | 'error'> {
  isTaken: boolean;
}

function unanswered(error: string): Attempt {
  return { isTaken: false, answer_status: null, answer: null, error };
}

function messageOf({ event, endpoint, secrets, now }: DueDelivery): WebhookMessage {
  const { id, type, data, created_at } = event;
  const body = JSON.stringify({ type, timestamp: created_at.toJSON(), data });
  return { id, url: endpoint.url, body, secrets, sentAt: now };
}

function newSecret(): string {
  return `whsec_${randomBytes(SECRET_BYTES).toString('base64')}`;
}

function webhookDto(endpoint: WebhookEndpoint): WebhookDto {
  const { id, url, events, description, low_stock, disabled_at, disabled_reason, created_at, updated_at } =
    endpoint;
  return {
    id,
    url,
    events,
    description,
    low_stock,
    enabled: !disabled_at,
    disabled_reason,
    created_at,
    updated_at,
  };
}

function withSecret(endpoint: WebhookEndpoint): Json<WebhookWithSecretDto> {
  return JSON.stringify({ ...webhookDto(endpoint), secret: endpoint.secret });
}

/** Model and row of an entry of the audit log. */
function entryOf(id: number) {
  return { model: 'webhook_endpoints', row_id: String(id) };
}

function unknownWebhook(): Problem {
  return notFound('webhook_not_found', 'There is no such webhook.');
}
