import { Injectable, type OnModuleInit } from '@nestjs/common';
import { randomBytes } from 'node:crypto';
import { parse } from 'node:querystring';
import { AuditService } from '../audit/audit.service.js';
import { Config } from '../config/config.js';
import { Database, type Transaction, violates } from '../database/database.js';
import type { Principal } from '../http/access.js';
import { conflict, invalid, invalidField, notFound, Problem } from '../http/problem.js';
import { ReadCache } from '../http/read-cache.js';
import { tokenHash } from '../http/token-hash.js';
import { JobsService } from '../jobs/jobs.service.js';
import { OrderChangesService } from '../orders/order-changes.service.js';
import type { BulkValue } from '../products/change-products.sql.js';
import { ProductsService } from '../products/products.service.js';
import { BULK_EFFECTS, type BulkAction, type BulkKind } from './bulk-action.js';
import type { BulkChange } from './bulk-change.entity.js';
import type { BulkChangeDto, BulkPreviewDto, PreviewBulkDto } from './bulk.dto.js';
import { BulkRepository } from './bulk.repository.js';
import { ModelsRepository } from './models.repository.js';
import { readRowsQuery } from './rows-query.js';

const JOB = 'bulk';

/**
 * Most rows of one change. It is one transaction, which locks its products until it commits, while a buyer waits at most
 * a second for a product; `test/load/admin-lists.load.ts` runs both at once.
 */
const MAX_ROWS = { products: 5_000, orders: 1_000 };

const BATCH_SIZE = 500;

/** A change to run, or to undo. */
interface BulkJob {
  id: number;
  undoneBy?: Principal;
}

const KINDS: Record<'products' | 'orders', BulkKind[]> = {
  products: ['price_percent', 'set_category', 'set_on_sale', 'delete', 'restore'],
  orders: ['ship'],
};

/**
 * Bulk changes: all or nothing, in one transaction, with one summary entry in the audit log, undone as one. A preview
 * stores the rows with their values before and after; a row that was changed since is never overwritten.
 */
@Injectable()
export class BulkService implements OnModuleInit {
  constructor(
    private readonly bulk: BulkRepository,
    private readonly models: ModelsRepository,
    private readonly products: ProductsService,
    private readonly orders: OrderChangesService,
    private readonly audit: AuditService,
    private readonly jobs: JobsService,
    private readonly cache: ReadCache,
    private readonly database: Database,
    private readonly config: Config,
  ) {}

  onModuleInit(): void {
    this.jobs.handle(JOB, ({ id, undoneBy }: BulkJob) => this.work(id, undoneBy));
  }

  /**
   * @throws Problem 400 naming what is wrong, `too_many_rows`, or prices out of bounds; 409 `invalid_status_transition`
   *   naming orders that cannot be shipped
   */
  async preview({ model, ids, filter, action }: PreviewBulkDto, by: Principal): Promise<BulkPreviewDto> {
    if (!KINDS[model].includes(action.kind)) {
      throw invalidField('action.kind', `action.kind must be one of ${KINDS[model].join(', ')}`);
    }
    if ((ids === undefined) === (filter === undefined)) {
      throw invalidField('ids', 'Either ids or filter is required');
    }
    const query = this.queryOf(model, action.kind, ids, filter);
    const token = randomBytes(32).toString('base64url');
    return this.database.transaction(async (tx) => {
      const who = { actor_id: by.id, session_id: by.sessionId, request_id: by.requestId };
      const change = await this.bulk.insert(
        { token_hash: tokenHash(token), ...who, model, action: { ...action } },
        tx,
      );
      const { count, unchanged } = await this.fixRows(change, query, tx);
      if (count + unchanged > MAX_ROWS[model]) throw tooMany(MAX_ROWS[model]);
      await this.refuseImpossible(change, tx);
      const sample = await this.bulk.findSample(change, tx);
      return {
        token,
        count,
        unchanged,
        sample,
        expires_at: await this.bulk.expiryOf(change.id, tx),
      };
    });
  }

  /** @throws Problem 404 for an unknown token; 409 `token_used` with the change that it ran, or `token_expired` */
  async run(token: string, by: Principal): Promise<BulkChangeDto> {
    const change = await this.bulk.findByToken(tokenHash(token), by.id);
    if (!change) throw notFound('bulk_not_found', 'There is no such preview.');
    await this.database.transaction(async (tx) => {
      if (!(await this.bulk.start(change.id, tx))) throw await this.notStarted(change.id);
      await this.jobs.add(JOB, { id: change.id }, `bulk:${change.id}:run`, tx);
    });
    return this.find(change.id);
  }

  /** @throws Problem 404; 409 `not_undoable` */
  async undo(id: number, by: Principal): Promise<BulkChangeDto> {
    const change = await this.find(id);
    if (change.action.kind === 'ship') throw conflict('not_undoable', 'Shipped orders are on their way.');
    await this.database.transaction(async (tx) => {
      if (!(await this.bulk.startUndo(id, tx))) {
        throw conflict(
          'not_undoable',
          `A change that is ${change.status} cannot be undone; one that is done can be for a day.`,
        );
      }
      await this.jobs.add(JOB, { id, undoneBy: by }, `bulk:${id}:undo`, tx);
    });
    return this.find(id);
  }

  /** @throws Problem 404 */
  async find(id: number): Promise<BulkChangeDto> {
    const change = await this.bulk.find(id);
    if (!change || change.status === 'previewed')
      throw notFound('bulk_not_found', 'There is no such change.');
    const { status, model, action, done, count, error, changed_since } = change;
    const undo_until = await this.bulk.undoableUntil(id);
    return { id, status, model, action, done, count, error, changed_since, undo_until };
  }

  /** Housekeeping. @returns how many, at most `limit` */
  deleteExpired(limit: number): Promise<number> {
    return this.bulk.deleteOld(this.config.auditDays, limit);
  }

  private queryOf(model: string, kind: BulkKind, ids?: number[], filter = '') {
    const given = ids ? { ids: ids.join(',') } : (parse(filter) as Record<string, string>);
    const filters = Object.fromEntries(
      Object.entries(given).map(([name, value]) => [name, [value].flat().at(-1)!]),
    );
    if (kind === 'restore') filters.deleted = 'only';
    else if (filters.deleted) throw invalidField('filter', 'Deleted products can only be restored.');
    return readRowsQuery(this.models.find(model)!, filters);
  }

  private async fixRows(change: BulkChange, query: ReturnType<typeof readRowsQuery>, tx: Transaction) {
    const model = this.models.find(change.model)!;
    return this.bulk.fixRows(change, model, query, MAX_ROWS[change.model], tx);
  }

  private async refuseImpossible({ id, action }: BulkChange, tx: Transaction): Promise<void> {
    if (action.kind === 'price_percent') {
      const rows = await this.bulk.findOutOfBounds(id, tx);
      if (rows.length > 0) {
        const message = `These products would get an impossible price: ${rows.slice(0, 10).join(', ')}`;
        throw invalid('validation_failed', message, { 'action.percent': [message] });
      }
    }
    if (action.category_id) {
      const categories = this.models.find('categories')!;
      const category = await this.models.findRow(categories, [String(action.category_id)], tx);
      if (!category) throw invalidField('action.category_id', 'There is no such category.');
    }
    if (action.kind !== 'ship') return;
    const rows = await this.bulk.findOfOtherStatus(id, 'paid', tx);
    if (rows.length > 0) throw notPaid(rows);
  }

  private async notStarted(id: number): Promise<Problem> {
    const { status } = (await this.bulk.find(id))!;
    return status === 'previewed'
      ? conflict('token_expired', 'The preview is too old: make a new one.')
      : conflict('token_used', 'The change was run already.', undefined, { id });
  }

  /** Runs the job of a change or of its undo. After a crash it starts again; a change that was committed is left alone. */
  private async work(id: number, undoneBy?: Principal): Promise<void> {
    const change = await this.bulk.find(id);
    if (!change) return;
    const by = undoneBy ?? actorOf(change);
    if (change.status === 'queued') await this.bulk.updateFrom(id, 'queued', { status: 'running' });
    const undoes = change.status === 'undoing';
    try {
      await this.database.transactionBy(by, (tx) => this.apply(id, undoes, by, tx), undefined, id);
    } catch (error) {
      const problem = violates(error, 'products_category_id_fkey') ? categoryGone() : error;
      if (!(problem instanceof Problem) || problem.kind === 'unavailable') throw error; // the job tries again
      const changed_since = (problem.details.members?.ids ?? []) as number[];
      const status = undoes ? 'done' : 'failed';
      const result = { status, error: problem.message, changed_since, done: 0 } as const;
      await this.bulk.updateFrom(id, undoes ? 'undoing' : 'running', result);
    }
    this.cache.clear();
  }

  private async apply(id: number, undoes: boolean, by: Principal, tx: Transaction): Promise<void> {
    const change = await this.bulk.lock(id, tx);
    if (change?.status !== (undoes ? 'undoing' : 'running')) return; // another worker did it
    const { model, action, count } = change;
    const left: number[] = [];
    let last = 0;
    for (let done = 0; done < count;) {
      const rows = await this.bulk.findRows(id, last, BATCH_SIZE, tx);
      if (rows.length === 0) break;
      left.push(...(await this.changeRows(action, undoes ? rows.map(reversed) : rows, by, tx)));
      if (left.length > 0 && !undoes) throw changedSince(left);
      done += rows.length;
      last = rows.at(-1)!.id;
      await this.bulk.update(id, { done }); // outside the transaction, so that the progress can be read at once
    }
    const result = { done: count - left.length, changed_since: left };
    if (undoes) await this.bulk.update(id, { status: 'undone', ...result }, tx);
    else await this.bulk.finish(id, { status: 'done', ...result }, tx);
    const after = { ...action, count: count - left.length };
    await this.audit.add({ action: undoes ? 'undo' : 'bulk', model, after, bulk_id: id }, by, tx);
  }

  /** @returns ids of rows that were not changed, since their value is not the one that the preview stored */
  private async changeRows(
    action: BulkAction,
    rows: BulkValue[],
    by: Principal,
    tx: Transaction,
  ): Promise<number[]> {
    const { field } = BULK_EFFECTS[action.kind];
    const ids = rows.map(({ id }) => id);
    if (!field) return this.orders.shipMany(ids, by, tx);
    const changed = new Set(await this.products.changeMany(field, rows, tx));
    return ids.filter((id) => !changed.has(id));
  }
}

function actorOf({ actor_id, session_id, request_id }: BulkChange): Principal {
  return { id: actor_id, role: 'admin', sessionId: session_id, requestId: request_id };
}

function reversed({ id, before, after }: BulkValue): BulkValue {
  return { id, before: after, after: before };
}

function tooMany(most: number) {
  const message = `At most ${most} rows are changed at once: narrow the filter.`;
  return invalid('too_many_rows', message, { filter: [message] });
}

function notPaid(ids: number[]) {
  const detail = `Only paid orders can be shipped, which ${ids.slice(0, 10).join(', ')} are not.`;
  return conflict('invalid_status_transition', detail, undefined, { ids });
}

function categoryGone() {
  return conflict('category_not_found', 'The category was deleted meanwhile, so nothing was done.');
}

function changedSince(ids: number[]) {
  const detail = `Changed since the preview by somebody else, so nothing was done: ${ids.slice(0, 10).join(', ')}`;
  return conflict('changed_since', detail, undefined, { ids });
}
