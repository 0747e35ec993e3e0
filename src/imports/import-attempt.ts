import type { Transaction } from '../database/database.js';
import type { ProductImport } from './product-import.entity.js';
import type { ProductImportsRepository } from './product-imports.repository.js';

/** Another attempt at the same import has written meanwhile: this process was suspended, and its job was released. */
export class OvertakenAttempt extends Error {
  constructor() {
    super('another attempt at this import has gone on with it');
  }
}

/**
 * One attempt at an import. Its job may run twice at once, when its process was suspended for so long that another one
 * took it over. The attempt that commits first continues; writes of the other one are rolled back.
 */
export class ImportAttempt {
  constructor(
    private readonly imports: ProductImportsRepository,
    private row: ProductImport,
  ) {}

  /** The row as this attempt last wrote or read it. */
  get state(): ProductImport {
    return this.row;
  }

  /**
   * Writes to the row of the import, in `tx`, if no other attempt has written to it.
   *
   * @throws OvertakenAttempt
   */
  async write(changes: Partial<ProductImport>, tx?: Transaction): Promise<void> {
    if (!(await this.imports.updateFrom(this.row.id, this.row, changes, tx))) throw new OvertakenAttempt();
    this.row = { ...this.row, ...changes };
  }

  /**
   * Reads the row again, once no earlier attempt writes any more.
   *
   * @throws OvertakenAttempt when an earlier attempt has finished the import
   */
  async takeUp(tx: Transaction): Promise<void> {
    const now = await this.imports.find(this.row.id, tx);
    if (now?.status !== this.row.status) throw new OvertakenAttempt();
    this.row = now;
  }
}
