import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { IsNull, Repository } from 'typeorm';
import { Database, type Transaction } from '../database/database.js';
import { type Json, type ListedRow, pageOf, type PageRow, type PageStart } from '../http/paging.js';
import { LIST_WEBHOOK_DELIVERIES, READ_WEBHOOK_DELIVERY } from './webhook-deliveries.sql.js';
import { WebhookDelivery } from './webhook-delivery.entity.js';
import { WebhookEndpoint } from './webhook-endpoint.entity.js';
import { WebhookEvent } from './webhook-event.entity.js';
import type { WebhookDeliveryDto } from './webhooks.dto.js';

/** A delivery with all data to send it. */
export interface DueDelivery {
  delivery: WebhookDelivery;
  event: WebhookEvent;
  endpoint: WebhookEndpoint;
  /** The secrets that sign now: the present one, and for a day the former one. */
  secrets: string[];
  /** Time by the database's clock. */
  now: Date;
}

@Injectable()
export class WebhooksRepository {
  constructor(
    @InjectRepository(WebhookEndpoint) private readonly endpoints: Repository<WebhookEndpoint>,
    @InjectRepository(WebhookEvent) private readonly events: Repository<WebhookEvent>,
    @InjectRepository(WebhookDelivery) private readonly deliveries: Repository<WebhookDelivery>,
    private readonly database: Database,
  ) {}

  /** The oldest first. */
  findAll(): Promise<WebhookEndpoint[]> {
    return this.endpoints.find({ order: { id: 'ASC' } });
  }

  find(id: number): Promise<WebhookEndpoint | null> {
    return this.endpoints.findOneBy({ id });
  }

  /** @param most maximum number of endpoints. @returns undefined when there are as many already */
  async insert(
    endpoint: Pick<WebhookEndpoint, 'url' | 'description' | 'events' | 'low_stock' | 'secret'>,
    most: number,
    tx: Transaction,
  ): Promise<WebhookEndpoint | undefined> {
    const endpoints = tx.getRepository(WebhookEndpoint);
    await this.database.query('LOCK TABLE webhook_endpoints IN SHARE ROW EXCLUSIVE MODE', [], tx);
    if ((await endpoints.count()) >= most) return undefined;
    const { identifiers } = await endpoints.insert(endpoint);
    return (await endpoints.findOneBy({ id: identifiers[0]!.id as number }))!;
  }

  /** Locks the endpoint until the transaction ends. */
  lock(id: number, tx: Transaction): Promise<WebhookEndpoint | null> {
    return tx.getRepository(WebhookEndpoint).findOne({ where: { id }, lock: { mode: 'for_no_key_update' } });
  }

  /** @param enabled undefined: as it is. @returns the endpoint as it is now */
  async update(
    id: number,
    changes: Partial<WebhookEndpoint>,
    enabled: boolean | undefined,
    tx: Transaction,
  ): Promise<WebhookEndpoint> {
    const state = {
      ...(enabled === true && { disabled_at: null, disabled_reason: null }),
      ...(enabled === false && {
        disabled_at: () => 'coalesce(disabled_at, now())',
        disabled_reason: () => `coalesce(disabled_reason, 'switched off')`,
      }),
    };
    const endpoints = tx.getRepository(WebhookEndpoint);
    await endpoints.update({ id }, { ...changes, ...state });
    return (await endpoints.findOneBy({ id }))!;
  }

  async delete(id: number, tx: Transaction): Promise<void> {
    await tx.getRepository(WebhookEndpoint).delete({ id });
  }

  /** Disables an endpoint, unless it is disabled already: the first reason stays. */
  async disable(id: number, reason: string): Promise<void> {
    await this.endpoints.update(
      { id, disabled_at: IsNull() },
      { disabled_at: () => 'now()', disabled_reason: reason },
    );
  }

  /** Sets a new secret; the former one signs for another day. @returns the changed endpoint; null for an unknown one */
  async rotateSecret(id: number, secret: string, tx: Transaction): Promise<WebhookEndpoint | null> {
    const endpoints = tx.getRepository(WebhookEndpoint);
    await endpoints.update(
      { id },
      { secret, former_secret: () => 'secret', former_secret_until: () => `now() + interval '1 day'` },
    );
    return endpoints.findOneBy({ id });
  }

  /** Writes an event for one endpoint, even if the endpoint does not subscribe to it. */
  async emit(
    type: string,
    data: object,
    endpointId: number,
    tx: Transaction,
  ): Promise<Json<WebhookDeliveryDto>> {
    const { id } = (await this.database.queryOne<{ id: string }>(
      'SELECT emit_webhook_event($1, $2, $3) AS id',
      [type, JSON.stringify(data), endpointId],
      tx,
    ))!;
    return this.readDelivery(endpointId, { eventId: id }, tx);
  }

  /** The newest first. */
  async findDeliveries(endpointId: number, { size, offset, after }: PageStart): Promise<PageRow> {
    const parameters = [endpointId, size, offset, after?.id];
    return pageOf(await this.database.query<ListedRow>(LIST_WEBHOOK_DELIVERIES, parameters), size);
  }

  async findDue(deliveryId: number): Promise<DueDelivery | undefined> {
    const delivery = await this.deliveries.findOneBy({ id: deliveryId });
    if (!delivery || delivery.status !== 'pending') return undefined;
    const event = await this.events.findOneBy({ id: delivery.event_id });
    const endpoint = await this.endpoints.findOneBy({ id: delivery.endpoint_id });
    const clock = await this.database.queryOne<{ now: Date; signs: boolean }>(
      'SELECT now() AS now, coalesce($1::timestamptz > now(), false) AS signs',
      [endpoint?.former_secret_until],
    );
    if (!event || !endpoint || !clock) return undefined;
    const former = clock.signs ? [endpoint.former_secret!] : [];
    return { delivery, event, endpoint, secrets: [endpoint.secret, ...former], now: clock.now };
  }

  async recordAttempt(
    id: number,
    {
      status,
      answer_status,
      answer,
      error,
    }: Pick<WebhookDelivery, 'status' | 'answer_status' | 'answer' | 'error'>,
  ): Promise<void> {
    await this.deliveries.update(
      { id },
      { status, answer_status, answer, error, attempts: () => 'attempts + 1', attempted_at: () => 'now()' },
    );
  }

  /** Whether the endpoint accepted a delivery within the last day, or got its first event then. */
  async hasWorkedLately(endpointId: number): Promise<boolean> {
    const row = await this.database.queryOne<{ worked: boolean }>(
      `SELECT EXISTS (
         SELECT FROM webhook_deliveries
         WHERE endpoint_id = $1 AND status = 'delivered' AND attempted_at > now() - interval '1 day'
       ) OR NOT EXISTS (
         SELECT FROM webhook_deliveries WHERE endpoint_id = $1 AND created_at < now() - interval '1 day'
       ) AS worked`,
      [endpointId],
    );
    return row!.worked;
  }

  /** Queues a delivery again, with all its attempts. @returns undefined unless the endpoint has such a delivery */
  async replay(
    endpointId: number,
    deliveryId: number,
    tx: Transaction,
  ): Promise<Json<WebhookDeliveryDto> | undefined> {
    const row = await this.database.queryOne(
      `WITH again AS (
         UPDATE webhook_deliveries SET status = 'pending', attempts = 0 WHERE id = $2 AND endpoint_id = $1 RETURNING id
       )
       SELECT queue_webhook_delivery(id) FROM again`,
      [endpointId, deliveryId],
      tx,
    );
    return row ? this.readDelivery(endpointId, { id: deliveryId }, tx) : undefined;
  }

  private async readDelivery(
    endpointId: number,
    { id, eventId }: { id?: number; eventId?: string },
    tx: Transaction,
  ): Promise<Json<WebhookDeliveryDto>> {
    const parameters = [endpointId, id, eventId];
    const row = await this.database.queryOne<{ json: string }>(READ_WEBHOOK_DELIVERY, parameters, tx);
    return row!.json;
  }

  /** Deletes old events with their deliveries. @returns how many events */
  async deleteExpired(limit: number): Promise<number> {
    const expired = this.events
      .createQueryBuilder('e')
      .select('e.id')
      .where(`e.created_at < now() - interval '30 days'`)
      .limit(limit);
    const { affected } = await this.events
      .createQueryBuilder()
      .delete()
      .where(`id IN (${expired.getQuery()})`)
      .execute();
    return affected ?? 0;
  }
}
