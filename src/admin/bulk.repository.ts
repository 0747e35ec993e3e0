import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Repository } from 'typeorm';
import { Database, type Transaction } from '../database/database.js';
import { PLANNED_FOR_ITS_VALUES } from '../database/serving-client.js';
import type { BulkValue } from '../products/change-products.sql.js';
import { BULK_EFFECTS } from './bulk-action.js';
import { BulkChange } from './bulk-change.entity.js';
import type { BulkSampleDto } from './bulk.dto.js';
import type { Model } from './model.js';
import { ModelsRepository } from './models.repository.js';
import type { RowsQuery } from './rows-query.js';

export type NewBulkChange = Pick<
  BulkChange,
  'token_hash' | 'actor_id' | 'session_id' | 'request_id' | 'model' | 'action'
>;

/** How long after its preview a change can be run. */
const LIFETIME = `interval '15 minutes'`;
/** How long after its run a change can be undone. */
const UNDO_LIFETIME = `interval '1 day'`;
const CAN_BE_UNDONE = `status = 'done' AND action ->> 'kind' <> 'ship' AND finished_at > now() - ${UNDO_LIFETIME}`;

@Injectable()
export class BulkRepository {
  constructor(
    @InjectRepository(BulkChange) private readonly changes: Repository<BulkChange>,
    private readonly models: ModelsRepository,
    private readonly database: Database,
  ) {}

  async insert(change: NewBulkChange, tx: Transaction): Promise<BulkChange> {
    const { identifiers } = await tx.getRepository(BulkChange).insert({ ...change, count: 0 } as object);
    return (await this.find(identifiers[0]!.id as number, tx))!;
  }

  /** Until when a preview can be run. */
  async expiryOf(id: number, tx: Transaction): Promise<Date> {
    const row = await this.database.queryOne<{ at: Date }>(
      `SELECT created_at + ${LIFETIME} AS at FROM bulk_changes WHERE id = $1`,
      [id],
      tx,
    );
    return row!.at;
  }

  /** Until when a change can be undone; null when it cannot. */
  async undoableUntil(id: number): Promise<Date | null> {
    const row = await this.database.queryOne<{ at: Date }>(
      `SELECT finished_at + ${UNDO_LIFETIME} AS at FROM bulk_changes WHERE id = $1 AND ${CAN_BE_UNDONE}`,
      [id],
    );
    return row?.at ?? null;
  }

  /**
   * Stores the rows of a change, as the list shows them now, with their values before and after.
   *
   * @returns how many rows change, and how many have the new value already; together `most` + 1 when there are too many
   */
  async fixRows(
    { id, action }: BulkChange,
    model: Model,
    query: RowsQuery,
    most: number,
    tx: Transaction,
  ): Promise<{ count: number; unchanged: number }> {
    const values: unknown[] = [];
    const bind = (value: unknown) => `$${values.push(value)}`;
    const { before, after, value } = BULK_EFFECTS[action.kind];
    const searched = await this.models.searched(model, query, tx);
    const from = await this.models.fromWhere(model, searched, bind, tx);
    const becomes = after.replace('?', () => bind(value!(action)));
    const row = await this.database.queryOne<{ count: number; unchanged: number }>(
      `${PLANNED_FOR_ITS_VALUES}
      WITH found AS MATERIALIZED (
        SELECT t.id, ${before} AS before, ${becomes} AS after ${from} LIMIT ${most + 1}
      ), fixed AS (
        INSERT INTO bulk_rows (bulk_id, row_id, before, after)
        SELECT ${bind(id)}::bigint, id, before, after FROM found WHERE before IS DISTINCT FROM after
        RETURNING row_id
      ), counted AS (
        UPDATE bulk_changes SET count = (SELECT count(*) FROM fixed) WHERE id = ${bind(id)}::bigint
      )
      SELECT (SELECT count(*) FROM fixed)::int AS count,
             (SELECT count(*) FROM found WHERE before IS NOT DISTINCT FROM after)::int AS unchanged`,
      values,
      tx,
    );
    return row!;
  }

  /** Rows whose new price would be too large for the column, or would become 0. */
  async findOutOfBounds(id: number, tx: Transaction): Promise<number[]> {
    const rows = await this.database.query<{ row_id: number }>(
      `SELECT row_id FROM bulk_rows WHERE bulk_id = $1
         AND (after::numeric > 99999999.99 OR (after::numeric = 0 AND before::numeric > 0))
       ORDER BY row_id LIMIT 100`,
      [id],
      tx,
    );
    return rows.map(({ row_id }) => row_id);
  }

  /** Orders among the rows that have another status than this. */
  async findOfOtherStatus(id: number, status: string, tx: Transaction): Promise<number[]> {
    const rows = await this.database.query<{ row_id: number }>(
      'SELECT row_id FROM bulk_rows WHERE bulk_id = $1 AND before <> $2 ORDER BY row_id LIMIT 100',
      [id, status],
      tx,
    );
    return rows.map(({ row_id }) => row_id);
  }

  findSample({ id, model }: BulkChange, tx: Transaction): Promise<BulkSampleDto[]> {
    const name = model === 'products' ? 'p.name' : `'#' || r.row_id`;
    return this.database.query(
      `SELECT r.row_id AS id, ${name} AS name, r.before, r.after FROM bulk_rows r
       ${model === 'products' ? 'JOIN products p ON p.id = r.row_id' : ''}
       WHERE r.bulk_id = $1 ORDER BY r.row_id LIMIT 10`,
      [id],
      tx,
    );
  }

  find(id: number, tx?: Transaction): Promise<BulkChange | null> {
    return (tx?.getRepository(BulkChange) ?? this.changes).findOne({ where: { id } });
  }

  findByToken(token_hash: Buffer, actor_id: number): Promise<BulkChange | null> {
    return this.changes.findOne({ where: { token_hash, actor_id } });
  }

  /** @returns whether this call started the change: false when it was started before, or the preview has expired */
  async start(id: number, tx: Transaction): Promise<boolean> {
    const rows = await this.database.query(
      `UPDATE bulk_changes SET status = 'queued'
       WHERE id = $1 AND status = 'previewed' AND created_at > now() - ${LIFETIME} RETURNING id`,
      [id],
      tx,
    );
    return rows.length === 1;
  }

  /** @returns whether the undo was started: false when the change cannot be undone */
  async startUndo(id: number, tx: Transaction): Promise<boolean> {
    const rows = await this.database.query(
      `UPDATE bulk_changes SET status = 'undoing', done = 0, error = NULL, changed_since = '{}'
       WHERE id = $1 AND ${CAN_BE_UNDONE} RETURNING id`,
      [id],
      tx,
    );
    return rows.length === 1;
  }

  /** Takes an advisory lock, so that one worker at a time runs the change, until the transaction ends. */
  async lock(id: number, tx: Transaction): Promise<BulkChange | null> {
    await this.database.query(`SELECT pg_advisory_xact_lock(hashtext('bulk'), $1::int)`, [id % 2 ** 31], tx);
    return this.find(id, tx);
  }

  /** Up to `limit` rows after the row id `after`, by id. */
  findRows(id: number, after: number, limit: number, tx: Transaction): Promise<BulkValue[]> {
    return this.database.query<BulkValue>(
      `SELECT row_id AS id, before, after FROM bulk_rows
       WHERE bulk_id = $1 AND row_id > $2 ORDER BY row_id LIMIT $3`,
      [id, after, limit],
      tx,
    );
  }

  async update(id: number, changes: Partial<BulkChange>, tx?: Transaction): Promise<void> {
    await (tx?.getRepository(BulkChange) ?? this.changes).update({ id }, changes);
  }

  /** Changes nothing when another attempt has changed the status: after a long pause of this process a job runs twice. */
  async updateFrom(id: number, status: BulkChange['status'], changes: Partial<BulkChange>): Promise<void> {
    await this.changes.update({ id, status }, changes);
  }

  async finish(id: number, result: Partial<BulkChange>, tx: Transaction): Promise<void> {
    await tx.getRepository(BulkChange).update({ id }, { ...result, finished_at: () => 'now()' });
  }

  /** Deletes previews that were never run, and changes older than `days`. @returns how many, at most `limit` */
  async deleteOld(days: number, limit: number): Promise<number> {
    const rows = await this.database.query(
      `DELETE FROM bulk_changes WHERE id IN (
         SELECT id FROM bulk_changes
         WHERE created_at < now() - make_interval(days => $1)
            OR (status = 'previewed' AND created_at < now() - interval '1 day')
         ORDER BY created_at LIMIT $2
       ) RETURNING id`,
      [days, limit],
    );
    return rows.length;
  }
}
