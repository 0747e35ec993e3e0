import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Repository } from 'typeorm';
import { Database, type Transaction } from '../database/database.js';
import { type ImportStatus, ProductImport } from './product-import.entity.js';

export type NewProductImport = Pick<
  ProductImport,
  'actor_id' | 'session_id' | 'request_id' | 'file_name' | 'file'
>;

/** The fields by which an attempt notices that another one has written. */
export type ImportState = Pick<ProductImport, 'status' | 'pictures_file' | 'totals'>;

@Injectable()
export class ProductImportsRepository {
  constructor(
    @InjectRepository(ProductImport) private readonly imports: Repository<ProductImport>,
    private readonly database: Database,
  ) {}

  async insert(row: NewProductImport, tx: Transaction): Promise<number> {
    const { identifiers } = await tx.getRepository(ProductImport).insert(row);
    return identifiers[0]!.id as number;
  }

  find(id: number, tx?: Transaction): Promise<ProductImport | null> {
    return (tx?.getRepository(ProductImport) ?? this.imports).findOne({ where: { id } });
  }

  /** Updates the row if it still has this state. @returns whether it had */
  async updateFrom(
    id: number,
    { status, pictures_file, totals }: ImportState,
    changes: Partial<ProductImport>,
    tx?: Transaction,
  ): Promise<boolean> {
    const { affected } = await (tx?.getRepository(ProductImport) ?? this.imports)
      .createQueryBuilder()
      .update()
      .set(changes as object)
      .where('id = :id AND status = :status', { id, status })
      .andWhere('pictures_file IS NOT DISTINCT FROM :pictures_file', { pictures_file })
      .andWhere('totals IS NOT DISTINCT FROM :totals::jsonb', { totals: totals && JSON.stringify(totals) })
      .execute();
    return affected === 1;
  }

  async clearFiles(id: number): Promise<void> {
    await this.imports.update({ id }, { file: null, pictures_file: null });
  }

  /** Has no effect when the status has changed. */
  async saveProgress(id: number, status: ImportStatus, done: number): Promise<void> {
    await this.imports.update({ id, status }, { done });
  }

  /** Sets the pictures, and the status for another check. @returns the row before, or undefined unless it was `checked` */
  async setPictures(id: number, file: string, tx: Transaction): Promise<ProductImport | undefined> {
    const imports = tx.getRepository(ProductImport);
    const before = await imports.findOne({
      where: { id, status: 'checked' },
      lock: { mode: 'pessimistic_write' },
    });
    if (before) await imports.update({ id }, { pictures_file: file, status: 'checking', done: 0 });
    return before ?? undefined;
  }

  /** Starts the run, whose totals count what it has written. @returns false when it was started before */
  async start(
    id: number,
    changes: Pick<ProductImport, 'line_by_line' | 'actor_id' | 'session_id' | 'request_id'>,
    tx: Transaction,
  ): Promise<boolean> {
    const { affected } = await tx
      .getRepository(ProductImport)
      .update({ id, status: 'checked' }, { ...changes, status: 'running', done: 0, totals: null });
    return affected === 1;
  }

  /** Imports that were not run within a day, or failed, and all older than `days`. */
  findExpired(days: number, limit: number): Promise<Pick<ProductImport, 'id' | 'file' | 'pictures_file'>[]> {
    return this.database.query(
      `SELECT id, file, pictures_file FROM product_imports
       WHERE created_at < now() - make_interval(days => $1)
          OR (status IN ('checking', 'checked', 'failed') AND created_at < now() - interval '1 day')
       ORDER BY created_at LIMIT $2`,
      [days, limit],
    );
  }

  async delete(id: number): Promise<void> {
    await this.imports.delete({ id });
  }
}
