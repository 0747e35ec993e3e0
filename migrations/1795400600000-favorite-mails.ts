import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What it takes to tell people that a favorite is in stock again, or cheaper than when they chose it. */
export class FavoriteMails1795400600000 implements MigrationInterface {
  name = 'FavoriteMails1795400600000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      ALTER TABLE users
        ADD favorite_mails boolean NOT NULL DEFAULT false,
        ADD favorites_told_at timestamptz;

      -- The price when it was chosen or, later, the one that was told last.
      ALTER TABLE favorites ADD known_price numeric(10, 2), ADD told_at timestamptz;
      UPDATE favorites f SET known_price = p.price FROM products p WHERE p.id = f.product_id;
      CREATE INDEX favorites_by_product ON favorites (product_id);

      -- Both are read for the last days only.
      CREATE INDEX stock_movements_restocks ON stock_movements (created_at) WHERE delta > 0 AND stock_after = delta;
      CREATE INDEX product_versions_replaced_at ON product_versions (replaced_at);
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      DROP INDEX product_versions_replaced_at, stock_movements_restocks, favorites_by_product;
      ALTER TABLE favorites DROP known_price, DROP told_at;
      ALTER TABLE users DROP favorite_mails, DROP favorites_told_at;
    `);
  }
}
