import { Injectable } from '@nestjs/common';
import { AuditService } from '../audit/audit.service.js';
import { Database } from '../database/database.js';
import type { Principal } from '../http/access.js';
import { conflict } from '../http/problem.js';
import { ReadCache } from '../http/read-cache.js';
import { OrderChangesService } from '../orders/order-changes.service.js';
import { CategoriesService } from '../products/categories.service.js';
import { ProductsService } from '../products/products.service.js';
import { UsersService } from '../users/users.service.js';
import { ModelsRepository } from './models.repository.js';

type Values = Record<string, unknown>;

/** Times are of the moment: that they are set is what counts. */
const TIMES = ['disabled_at', 'deleted_at'];

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
      throw conflict('not_restorable', 'Nothing was replaced that could be put back.');
    }
    await this.refuseChangedSince(model, row_id, after);
    const id = Number(row_id);
    if (model === 'products') await this.restoreProduct(id, action, before, by);
    else if (model === 'categories') await this.categories.update(id, before, by);
    else if (model === 'orders') await this.orders.update(id, before, by);
    else await this.restoreUser(id, before, by);
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
      const { category_id, on_sale, slug: _slug, pictures: _pictures, ...fields } = before;
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

  /** @throws Problem 404 for a category that is gone */
  private async categoryName(id: unknown): Promise<string | null> {
    return id === null ? null : (await this.categories.find(String(id))).name;
  }

  private async refuseChangedSince(model: string, rowId: string, after: Values): Promise<void> {
    const row = await this.models.findRow(this.models.find(model)!, [rowId]);
    const now = (row ? JSON.parse(row) : {}) as Values;
    const told = Object.entries(after).filter(([name]) => name in now && !TIMES.includes(name));
    const changed = told.filter(([name, value]) => JSON.stringify(now[name]) !== JSON.stringify(value));
    if (changed.length === 0) return;
    const errors = Object.fromEntries(changed.map(([name]) => [name, ['It has another value by now.']]));
    throw conflict(
      'changed_since',
      'It was changed again since: what stands there now would be lost.',
      errors,
    );
  }
}
