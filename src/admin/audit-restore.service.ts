import { Injectable } from '@nestjs/common';
import { AuditService } from '../audit/audit.service.js';
import { Database } from '../database/database.js';
import type { Principal } from '../http/access.js';
import { entityTag } from '../http/conditional.js';
import { Precondition } from '../http/preconditions.js';
import { conflict, type FieldErrors, Problem } from '../http/problem.js';
import { ReadCache } from '../http/read-cache.js';
import { OrderChangesService } from '../orders/order-changes.service.js';
import { OrdersService } from '../orders/orders.service.js';
import { CategoriesService } from '../products/categories.service.js';
import { PicturesService } from '../products/pictures.service.js';
import { ProductsService } from '../products/products.service.js';
import { UsersService } from '../users/users.service.js';
import { WebhooksService } from '../webhooks/webhooks.service.js';
import { ModelsRepository } from './models.repository.js';

type Values = Record<string, unknown>;

/** Times are not compared with the entry: setting them again gives another time. */
const TIMES = ['disabled_at', 'deleted_at'];

/** Fields of a product that are not restored: the slug follows from the name, and files of pictures may be deleted. */
const NOT_PUT_BACK = ['slug', 'pictures'];

/** Fields of an order that are restored. Its total follows from its items; a deleted order has restocked its items. */
const ORDER_FIELDS = ['status', 'held', 'shipping_address', 'billing_address', 'notes'];

/** Restores the values that an audited change replaced, through the service of the model, whose rules all apply. */
@Injectable()
export class AuditRestoreService {
  constructor(
    private readonly audit: AuditService,
    private readonly models: ModelsRepository,
    private readonly products: ProductsService,
    private readonly categories: CategoriesService,
    private readonly orders: OrdersService,
    private readonly orderChanges: OrderChangesService,
    private readonly users: UsersService,
    private readonly pictures: PicturesService,
    private readonly webhooks: WebhooksService,
    private readonly cache: ReadCache,
    private readonly database: Database,
  ) {}

  /**
   * @throws Problem 404 for an unknown entry or a deleted row; 409 `not_restorable` when the entry replaced no value,
   *   `changed_since` naming the fields that were changed again; and every Problem of the model's service
   */
  async restore(entryId: number, by: Principal): Promise<void> {
    const { model, row_id, before, after, action } = await this.audit.find(entryId);
    const isErased = Object.values(before ?? {}).includes('erased');
    if (
      !before ||
      !after ||
      !row_id ||
      isErased ||
      !['update', 'stock', 'delete', 'restore'].includes(action)
    ) {
      throw notRestorable();
    }
    const id = Number(row_id);
    const unlessChanged = await this.preconditionOf(model, id, action, by);
    const row = await this.unchangedRow(model, id, after);
    try {
      await this.putBack({ model, id, action, before, after, row }, by, unlessChanged);
    } catch (error) {
      throw error instanceof Problem && error.code === 'precondition_failed' ? changedSince() : error;
    }
  }

  /** The entity tag of the row before it is compared: the service then refuses if the row changes after the comparison. */
  private async preconditionOf(
    model: string,
    id: number,
    action: string,
    by: Principal,
  ): Promise<Precondition | undefined> {
    const reads: Record<string, () => Promise<unknown>> = {
      products: async () => (action === 'update' ? this.products.find(id) : undefined),
      categories: () => this.categories.find(String(id)),
      orders: () => this.orders.find(id, by),
      users: () => this.users.find(id, by),
      pictures: async () => this.pictures.find((await this.rowOf(model, id)).product_id as number, id),
      webhook_endpoints: () => this.webhooks.find(id),
    };
    const shown = await reads[model]?.();
    if (shown === undefined) return undefined;
    return new Precondition(entityTag(typeof shown === 'string' ? shown : JSON.stringify(shown)));
  }

  private async putBack(
    { model, id, action, before, after, row }: Replaced,
    by: Principal,
    unlessChanged: Precondition | undefined,
  ): Promise<void> {
    switch (model) {
      case 'products':
        if (action === 'stock') return this.restoreStock(id, before, after, by);
        return 'deleted_at' in before
          ? this.restoreDeletion(id, before, by)
          : this.restoreProduct(id, before, by, unlessChanged);
      case 'categories':
        return void (await this.categories.update(id, before, by, unlessChanged));
      case 'orders':
        return this.restoreOrder(id, before, by, unlessChanged);
      case 'users':
        return this.restoreUser(id, before, by, unlessChanged);
      case 'pictures':
        return void (await this.pictures.describe(
          row.product_id as number,
          id,
          { alt: before.alt as string },
          by,
          unlessChanged,
        ));
      case 'webhook_endpoints':
        return this.restoreWebhook(id, before, by, unlessChanged);
      default:
        throw notRestorable();
    }
  }

  /** Moves the stock by the difference instead of setting it, so that units sold since then stay sold. */
  private async restoreStock(id: number, before: Values, after: Values, by: Principal): Promise<void> {
    const delta = (before.stock as number) - (after.stock as number);
    await this.products.adjustStock(id, { delta, reason: 'Restored' }, by);
  }

  private async restoreDeletion(id: number, before: Values, by: Principal): Promise<void> {
    const wasDeleted = before.deleted_at !== null;
    const value = { id, before: String(!wasDeleted), after: String(wasDeleted) };
    const changed = await this.database.transactionBy(by, (tx) =>
      this.products.changeMany('deleted', [value], tx),
    );
    if (changed.length === 0) throw changedSince();
    this.cache.clear();
  }

  private async restoreProduct(
    id: number,
    before: Values,
    by: Principal,
    unlessChanged: Precondition | undefined,
  ): Promise<void> {
    const { category_id, on_sale, ...fields } = Object.fromEntries(
      Object.entries(before).filter(([name]) => !NOT_PUT_BACK.includes(name)),
    );
    if (category_id === undefined && on_sale === undefined && Object.keys(fields).length === 0) {
      throw notRestorable();
    }
    const changes = {
      ...fields,
      ...(on_sale !== undefined && { available: on_sale as boolean }),
      ...(category_id !== undefined && { category: await this.categoryName(category_id) }),
    };
    await this.products.update(id, changes, by, unlessChanged);
  }

  private async restoreOrder(
    id: number,
    before: Values,
    by: Principal,
    unlessChanged: Precondition | undefined,
  ): Promise<void> {
    const fields = Object.entries(before).filter(([name]) => ORDER_FIELDS.includes(name));
    if (fields.length === 0) throw notRestorable();
    await this.orderChanges.update(id, Object.fromEntries(fields), by, unlessChanged);
  }

  private async restoreUser(
    id: number,
    { disabled_at, ...fields }: Values,
    by: Principal,
    unlessChanged: Precondition | undefined,
  ): Promise<void> {
    if (disabled_at === null) await this.users.enable(id, by);
    else if (disabled_at !== undefined) await this.users.disable(id, by);
    if (Object.keys(fields).length > 0) await this.users.update(id, fields, by, unlessChanged);
  }

  private async restoreWebhook(
    id: number,
    before: Values,
    by: Principal,
    unlessChanged: Precondition | undefined,
  ): Promise<void> {
    const { disabled_at, disabled_reason: _reason, ...fields } = before;
    const state = disabled_at === undefined ? {} : { enabled: disabled_at === null };
    await this.webhooks.update(id, { ...fields, ...state }, by, unlessChanged);
  }

  /** @throws Problem 404 for a category that is gone */
  private async categoryName(id: unknown): Promise<string | null> {
    return id === null ? null : (await this.categories.find(String(id))).name;
  }

  /** @throws Problem 409 `changed_since` */
  private async unchangedRow(model: string, id: number, after: Values): Promise<Values> {
    const now = await this.rowOf(model, id);
    const compared = Object.entries(after).filter(([name]) => name in now && !TIMES.includes(name));
    const changed = compared.filter(([name, value]) => JSON.stringify(now[name]) !== JSON.stringify(value));
    if (changed.length === 0) return now;
    const errors = Object.fromEntries(changed.map(([name]) => [name, ['It has another value by now.']]));
    throw changedSince(errors);
  }

  /** An empty object when the row does not exist any more. */
  private async rowOf(model: string, id: number): Promise<Values> {
    const row = await this.models.findRow(this.models.find(model)!, [String(id)]);
    return (row ? JSON.parse(row) : {}) as Values;
  }
}

/** An entry of the audit log, and the row as it is now. */
interface Replaced {
  model: string;
  id: number;
  action: string;
  before: Values;
  after: Values;
  row: Values;
}

function changedSince(errors?: FieldErrors) {
  const detail = 'It was changed again since: a restore would lose the newer values.';
  return conflict('changed_since', detail, errors);
}

function notRestorable() {
  return conflict('not_restorable', 'Nothing was replaced that could be put back.');
}
