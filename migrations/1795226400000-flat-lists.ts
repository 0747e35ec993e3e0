import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What lists and searches need to take as long among a million rows as among a thousand. */
export class FlatLists1795226400000 implements MigrationInterface {
  name = 'FlatLists1795226400000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(String.raw`
      -- Folding costs ten times what comparing does: it is done once, when a product is written. By a trigger, because
      -- TypeORM wants a table of its own for generated columns.
      -- The words of a name, each behind one space, so that '% iron%' finds every word that begins with iron.
      CREATE FUNCTION fold_words(text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
        AS $$ SELECT ' ' || trim(regexp_replace(fold_text($1), '[-_\s''"<>/(),.;:&+]+', ' ', 'g')) $$;
      DROP INDEX products_search;
      ALTER TABLE products
        ADD COLUMN search_text text NOT NULL DEFAULT '',
        ADD COLUMN name_words text NOT NULL DEFAULT '',
        -- How often a word occurs decides how it is looked for: known to a few in a thousand, not to one in a hundred.
        ALTER COLUMN search_text SET STATISTICS 500,
        ALTER COLUMN name_words SET STATISTICS 1000;
      CREATE FUNCTION fold_product() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          NEW.search_text = fold_text(NEW.name || ' ' || NEW.description);
          NEW.name_words = fold_words(NEW.name);
          RETURN NEW;
        END
      $$;
      CREATE TRIGGER products_folded BEFORE INSERT OR UPDATE OF name, description, search_text, name_words ON products
        FOR EACH ROW EXECUTE FUNCTION fold_product();
      UPDATE products SET search_text = '';
      CREATE INDEX products_search ON products USING gin (search_text gin_trgm_ops) WHERE deleted_at IS NULL;
      CREATE INDEX products_suggest ON products USING gin (name_words gin_trgm_ops) WHERE deleted_at IS NULL;

      -- What shoppers filter and sort by most: a category by price, counted and found in the index alone.
      CREATE INDEX products_by_category_and_price ON products (category_id, price, id) WHERE deleted_at IS NULL;

      -- How many products of each thousand of ids are live: a page by its number is found by adding these up.
      CREATE TABLE product_blocks (block bigint CONSTRAINT product_blocks_pkey PRIMARY KEY, live integer NOT NULL);
      INSERT INTO product_blocks SELECT id / 1000, count(*) FROM products WHERE deleted_at IS NULL GROUP BY 1;
      -- product_counts is written first and is one row: whoever holds it waits for nobody here. A statement that
      -- added nothing (a slug was taken) must not hold it: the transaction goes on to wait for others.
      CREATE OR REPLACE FUNCTION count_new_products() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          IF EXISTS (SELECT FROM new_rows) THEN
            UPDATE product_counts SET live = live + (SELECT count(*) FROM new_rows WHERE deleted_at IS NULL);
            INSERT INTO product_blocks AS b SELECT id / 1000, count(*) FROM new_rows WHERE deleted_at IS NULL GROUP BY 1
              ON CONFLICT (block) DO UPDATE SET live = b.live + excluded.live;
          END IF;
          RETURN NULL;
        END
      $$;
      CREATE OR REPLACE FUNCTION count_deleted_product() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE
          change int := CASE WHEN NEW.deleted_at IS NULL THEN 1 ELSE -1 END;
        BEGIN
          UPDATE product_counts SET live = live + change;
          UPDATE product_blocks SET live = live + change WHERE block = NEW.id / 1000;
          RETURN NULL;
        END
      $$;

      -- One's own orders are counted in the index alone.
      DROP INDEX orders_by_user;
      CREATE INDEX orders_by_user ON orders (user_id, id) WHERE deleted_at IS NULL;

      -- How many orders there are up to an id behind which no order can appear any more; see orders.repository.ts.
      CREATE TABLE order_counts (counted_up_to bigint NOT NULL, total bigint NOT NULL);
      INSERT INTO order_counts VALUES (0, 0);
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      DROP TABLE order_counts;
      DROP INDEX orders_by_user;
      CREATE INDEX orders_by_user ON orders (user_id, id);
      CREATE OR REPLACE FUNCTION count_new_products() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          UPDATE product_counts SET live = live + (SELECT count(*) FROM new_rows WHERE deleted_at IS NULL);
          RETURN NULL;
        END
      $$;
      CREATE OR REPLACE FUNCTION count_deleted_product() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          UPDATE product_counts SET live = live + CASE WHEN NEW.deleted_at IS NULL THEN 1 ELSE -1 END;
          RETURN NULL;
        END
      $$;
      DROP TABLE product_blocks;
      DROP TRIGGER products_folded ON products;
      DROP FUNCTION fold_product(), fold_words(text);
      DROP INDEX products_search, products_suggest, products_by_category_and_price;
      ALTER TABLE products DROP COLUMN name_words, DROP COLUMN search_text;
      CREATE INDEX products_search ON products USING gin (fold_text(name || ' ' || description) gin_trgm_ops)
        WHERE deleted_at IS NULL;
    `);
  }
}
