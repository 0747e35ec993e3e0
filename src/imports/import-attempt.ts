import type { Transaction } from '../database/database.js';
import type { ProductImport } from './product-import.entity.js';
import type { ProductImportsRepository } from './product-imports.repository.js';

/** Another attempt at the same import has written meanwhile, since this process was taken for dead. */
export class OvertakenAttempt extends Error {
  constructor() {
    super('another attempt at this import has gone on with it');
  }
}

/**
 * One attempt at the work of an import. A job may run twice at once, when its process was frozen for so long that another
 * one took it over: whichever attempt commits first goes on, and what the other one writes is rolled back.
 */
export class ImportAttempt {
  constructor(
    private readonly imports: ProductImportsRepository,
    private row: ProductImport,
  ) {}

  /** As this attempt has left it. */
  get state(): ProductImport {
    return this.row;
  }

  /**
   * Writes with what belongs to it, in `tx`.
   *
   * @throws OvertakenAttempt
   */
  async write(changes: Partial<ProductImport>, tx?: Transaction): Promise<void> {
    if (!(await this.imports.updateFrom(this.row.id, this.row, changes, tx))) throw new OvertakenAttempt();
    this.row = { ...this.row, ...changes };
  }

  /**
   * Reads what earlier attempts have written, when none of them writes any more.
   *
   * @throws OvertakenAttempt when they were at its end
   */
  async takeUp(tx: Transaction): Promise<void> {
    const now = await this.imports.find(this.row.id, tx);
    if (now?.status !== this.row.status) throw new OvertakenAttempt();
    this.row = now;
  }
}
