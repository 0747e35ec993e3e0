import { Injectable } from '@nestjs/common';
import { AuditService } from '../audit/audit.service.js';
import { Database } from '../database/database.js';
import type { Principal } from '../http/access.js';
import { conflict } from '../http/problem.js';
import { ReadCache } from '../http/read-cache.js';
import { OrderChangesService } from '../orders/order-changes.service.js';
import { CategoriesService } from '../products/categories.service.js';
import { PicturesService } from '../products/pictures.service.js';
import { ProductsService } from '../products/products.service.js';
import { UsersService } from '../users/users.service.js';
import { WebhooksService } from '../webhooks/webhooks.service.js';
import { ModelsRepository } from './models.repository.js';

type Values = Record<string, unknown>;

/** Times are of the moment: that they are set is what counts. */
const TIMES = ['disabled_at', 'deleted_at'];

/** Of a product, what its other fields derive, and pictures, whose files may be gone. */
const NOT_PUT_BACK = ['slug', 'pictures'];

/** Puts back what a change replaced, by the service that would change it now, with all its rules. */
@Injectable()
export class AuditRestoreService {
  constructor(
    private readonly audit: AuditService,
    private readonly models: ModelsRepository,
    private readonly products: ProductsService,
    private readonly categories: CategoriesService,
    private readonly orders: OrderChangesService,
    private readonly users: UsersService,
    private readonly pictures: PicturesService,
    private readonly webhooks: WebhooksService,
    private readonly cache: ReadCache,
    private readonly database: Database,
  ) {}

  /**
   * @throws Problem 404 for an unknown entry, or a row that is gone; 409 `not_restorable` where nothing was replaced,
   *   `changed_since` naming fields that have another value by now, or what the service says
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
    const row = await this.unchangedRow(model, row_id, after);
    await this.putBack(model, Number(row_id), action, before, row, by);
  }

  private async putBack(
    model: string,
    id: number,
    action: string,
    before: Values,
    row: Values,
    by: Principal,
  ): Promise<void> {
    switch (model) {
      case 'products':
        return this.restoreProduct(id, action, before, by);
      case 'categories':
        return void (await this.categories.update(id, before, by));
      case 'orders':
        return void (await this.orders.update(id, before, by));
      case 'users':
        return this.restoreUser(id, before, by);
      case 'pictures':
        return void (await this.pictures.describe(
          row.product_id as number,
          id,
          { alt: before.alt as string },
          by,
        ));
      case 'webhook_endpoints':
        return this.restoreWebhook(id, before, by);
      default:
        throw notRestorable();
    }
  }

  private async restoreProduct(id: number, action: string, before: Values, by: Principal): Promise<void> {
    if (action === 'stock') {
      await this.products.adjustStock(id, { set: before.stock as number, reason: 'Restored' }, by);
    } else if ('deleted_at' in before) {
      const wasDeleted = before.deleted_at !== null;
      const value = { id, before: String(!wasDeleted), after: String(wasDeleted) };
      await this.database.transactionBy(by, (tx) => this.products.changeMany('deleted', [value], tx));
      this.cache.clear();
    } else {
      const { category_id, on_sale, ...fields } = Object.fromEntries(
        Object.entries(before).filter(([name]) => !NOT_PUT_BACK.includes(name)),
      );
      if (category_id === undefined && on_sale === undefined && Object.keys(fields).length === 0) {
        throw notRestorable();
      }
      await this.products.update(
        id,
        {
          ...fields,
          ...(on_sale !== undefined && { available: on_sale as boolean }),
          ...(category_id !== undefined && { category: await this.categoryName(category_id) }),
        },
        by,
      );
    }
  }

  private async restoreUser(id: number, { disabled_at, ...fields }: Values, by: Principal): Promise<void> {
    if (disabled_at === null) await this.users.enable(id, by);
    else if (disabled_at !== undefined) await this.users.disable(id, by);
    if (Object.keys(fields).length > 0) await this.users.update(id, fields, by);
  }

  private async restoreWebhook(id: number, before: Values, by: Principal): Promise<void> {
    const { disabled_at, disabled_reason: _reason, ...fields } = before;
    const state = disabled_at === undefined ? {} : { enabled: disabled_at === null };
    await this.webhooks.update(id, { ...fields, ...state }, by);
  }

  /** @throws Problem 404 for a category that is gone */
  private async categoryName(id: unknown): Promise<string | null> {
    return id === null ? null : (await this.categories.find(String(id))).name;
  }

  /** @throws Problem 409 `changed_since` */
  private async unchangedRow(model: string, rowId: string, after: Values): Promise<Values> {
    const row = await this.models.findRow(this.models.find(model)!, [rowId]);
    const now = (row ? JSON.parse(row) : {}) as Values;
    const told = Object.entries(after).filter(([name]) => name in now && !TIMES.includes(name));
    const changed = told.filter(([name, value]) => JSON.stringify(now[name]) !== JSON.stringify(value));
    if (changed.length === 0) return now;
    const errors = Object.fromEntries(changed.map(([name]) => [name, ['It has another value by now.']]));
    throw conflict(
      'changed_since',
      'It was changed again since: what stands there now would be lost.',
      errors,
    );
  }
}

function notRestorable() {
  return conflict('not_restorable', 'Nothing was replaced that could be put back.');
}
