import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Whether a product is available, as a column with an index. Without it, a list of available or unavailable products reads
 * the whole table when few products are so. `products.stock` itself stays without an index: every sale would update it.
 */
export class Availability1796500000000 implements MigrationInterface {
  name = 'Availability1796500000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      -- The default does not rewrite the table, as a generated column would; it is updated where it is wrong. Null of
      -- deleted products, so that the statistics tell how many others are unavailable.
      ALTER TABLE products ADD available boolean DEFAULT true;

      CREATE FUNCTION set_availability() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          NEW.available := CASE WHEN NEW.deleted_at IS NULL THEN NEW.on_sale AND NEW.stock > 0 END;
          RETURN NEW;
        END
      $$;
      -- A sale calls the function only if it sells the last unit.
      CREATE TRIGGER products_availability BEFORE INSERT OR UPDATE OF available, on_sale, stock, deleted_at ON products
        FOR EACH ROW
        WHEN (NEW.available IS DISTINCT FROM CASE WHEN NEW.deleted_at IS NULL THEN NEW.on_sale AND NEW.stock > 0 END)
        EXECUTE FUNCTION set_availability();

      UPDATE products SET available = CASE WHEN deleted_at IS NULL THEN false END
        WHERE NOT (on_sale AND stock > 0 AND deleted_at IS NULL);
      CREATE INDEX products_by_availability ON products (available, id) WHERE deleted_at IS NULL;
      -- Lists are planned by how many products are available.
      ANALYZE products (available);
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      DROP TRIGGER products_availability ON products;
      DROP FUNCTION set_availability();
      ALTER TABLE products DROP COLUMN available;
    `);
  }
}
