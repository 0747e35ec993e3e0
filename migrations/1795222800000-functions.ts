import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Ids of a block, as many as a row may have bits that PostgreSQL still compresses and keeps where it is. */
const BLOCK = 30_720;

/** Values of the columns `few` and `many`, of which one is null. So few bits are compressed to a part of what they are. */
const FEW_OR_MANY = `CASE WHEN bit_count(bits) <= 120 THEN bits END, CASE WHEN bit_count(bits) > 120 THEN bits END`;
const OR_ADD_BITS = `ON CONFLICT (word, block) DO UPDATE SET (few, many) = (
              SELECT ${FEW_OR_MANY}
              FROM (SELECT coalesce(known.few, known.many) | coalesce(excluded.few, excluded.many)) AS all_of_them (bits)
            )`;

/** Functions of the search, and the triggers that keep what is derived from products. */
export class Functions1795222800000 implements MigrationInterface {
  name = 'Functions1795222800000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(String.raw`
      -- The history of orders only grows.
      CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          RAISE EXCEPTION '% only grows', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
        END
      $$;
      CREATE TRIGGER order_history_only_grows BEFORE UPDATE OR DELETE OR TRUNCATE ON order_history
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

      -- Case and accents do not matter to a reader who searches or sorts. IMMUTABLE, so that it can be indexed.
      CREATE FUNCTION fold_text(text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
        AS $$ SELECT lower(public.unaccent('public.unaccent'::regdictionary, $1)) $$;

      -- The words of a name, each behind one space, so that '% iron%' finds every word that begins with iron.
      CREATE FUNCTION fold_words(text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
        AS $$ SELECT ' ' || trim(regexp_replace(fold_text($1), '[-_\s''"<>/(),.;:&+]+', ' ', 'g')) $$;

      CREATE FUNCTION fold_product() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          NEW.search_text = fold_text(NEW.name || ' ' || NEW.description);
          NEW.name_key = fold_text(NEW.name);
          NEW.name_words = fold_words(NEW.name);
          RETURN NEW;
        END
      $$;
      CREATE TRIGGER products_folded BEFORE INSERT OR UPDATE OF name, description, search_text, name_words ON products
        FOR EACH ROW EXECUTE FUNCTION fold_product();

      -- A statement that added nothing (a slug was taken) must not hold the one row of counts.
      CREATE FUNCTION count_new_products() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          IF EXISTS (SELECT FROM new_rows) THEN
            UPDATE product_counts SET live = live + (SELECT count(*) FROM new_rows WHERE deleted_at IS NULL);
          END IF;
          RETURN NULL;
        END
      $$;
      CREATE FUNCTION count_deleted_product() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          UPDATE product_counts SET live = live + CASE WHEN NEW.deleted_at IS NULL THEN 1 ELSE -1 END;
          RETURN NULL;
        END
      $$;
      CREATE TRIGGER products_counted_on_insert AFTER INSERT ON products
        REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION count_new_products();
      CREATE TRIGGER products_counted_on_delete AFTER UPDATE OF deleted_at ON products
        FOR EACH ROW WHEN ((OLD.deleted_at IS NULL) <> (NEW.deleted_at IS NULL))
        EXECUTE FUNCTION count_deleted_product();

      -- A word is what stands between white space, without the marks around it (unless it is nothing else). Who searches
      -- asks for a part of one, of 100 characters at most; a longer word is kept in pieces of 200, each beginning 100
      -- after the last, so that one of them holds that part.
      CREATE FUNCTION bare_word(text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
        AS $$ SELECT coalesce(nullif(btrim($1, '.,;:!?()[]<>"''‹›'), ''), $1) $$;
      CREATE FUNCTION words_of(text) RETURNS SETOF text LANGUAGE sql IMMUTABLE PARALLEL SAFE ROWS 20 AS $$
        SELECT substr(word, generate_series(1, greatest(length(word) - 100, 1), 100), 200)
        FROM (
          SELECT bare_word(raw) AS word FROM string_to_table(translate($1, E'\t\n\r\f\x0b', '     '), ' ') AS raw
        ) AS words WHERE word <> ''
      $$;

      CREATE FUNCTION postings_of(search_text text, category_id bigint, deleted_at timestamptz) RETURNS SETOF text
        LANGUAGE sql IMMUTABLE PARALLEL SAFE ROWS 20 AS $$
          SELECT posting FROM (
            SELECT words_of(search_text) UNION ALL SELECT 'category ' || category_id UNION ALL SELECT ''
          ) AS postings (posting) WHERE deleted_at IS NULL AND posting IS NOT NULL
        $$;
      -- Bits of which those at given places are set: bits_at(place, 1).
      DO $$ BEGIN EXECUTE format(
        'CREATE AGGREGATE bits_at(integer, integer) (SFUNC = set_bit, STYPE = bit, INITCOND = %L, PARALLEL = SAFE)',
        repeat('0', ${BLOCK})
      ); END $$;
      -- The places of the bits that are set, in order: a one ends every piece but the last of what is split at ones.
      CREATE FUNCTION places_in(bit) RETURNS SETOF integer LANGUAGE sql IMMUTABLE PARALLEL SAFE ROWS 10 AS $$
        SELECT (sum(octet_length(gap) + 1) OVER (ORDER BY number))::integer - 1
        FROM unnest(string_to_array(rtrim($1::text, '0'), '1')) WITH ORDINALITY AS gaps (gap, number)
        WHERE number <= bit_count($1)
      $$;

      -- Trigger of a name that comes after that of the counter of products, whose row it locks first: those who write
      -- here write one after the other. Words and postings in their order all the same.
      CREATE FUNCTION index_new_products() RETURNS trigger LANGUAGE plpgsql
        SET work_mem = '64MB' SET enable_hashagg = off -- else a million new words are kept beside each other, unpacked
        AS $$
        BEGIN
          INSERT INTO search_words
            SELECT DISTINCT word FROM new_rows, words_of(search_text) AS word WHERE deleted_at IS NULL ORDER BY word
            ON CONFLICT DO NOTHING;
          INSERT INTO search_postings AS known (word, block, few, many)
            SELECT posting, block, ${FEW_OR_MANY} FROM (
              SELECT posting, id / ${BLOCK} AS block, bits_at((id % ${BLOCK})::integer, 1) AS bits
              FROM new_rows, postings_of(search_text, category_id, deleted_at) AS posting GROUP BY 1, 2
            ) added ORDER BY posting, block
            ${OR_ADD_BITS};
          RETURN NULL;
        END
      $$;
      CREATE FUNCTION index_changed_product() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE
          place integer := NEW.id % ${BLOCK};
        BEGIN
          PERFORM FROM product_counts FOR UPDATE;
          UPDATE search_postings SET few = set_bit(few, place, 0), many = set_bit(many, place, 0)
            WHERE block = NEW.id / ${BLOCK} AND word IN (
              SELECT postings_of(OLD.search_text, OLD.category_id, OLD.deleted_at)
              EXCEPT SELECT postings_of(NEW.search_text, NEW.category_id, NEW.deleted_at)
            );
          INSERT INTO search_words SELECT words_of(NEW.search_text) ON CONFLICT DO NOTHING;
          INSERT INTO search_postings AS known (word, block, few)
            SELECT posting, NEW.id / ${BLOCK}, set_bit(0::bit(${BLOCK}), place, 1)
            FROM (
              SELECT postings_of(NEW.search_text, NEW.category_id, NEW.deleted_at) AS posting
              EXCEPT SELECT postings_of(OLD.search_text, OLD.category_id, OLD.deleted_at)
            ) added ORDER BY posting
            ${OR_ADD_BITS};
          RETURN NULL;
        END
      $$;
      CREATE TRIGGER products_indexed_on_insert AFTER INSERT ON products
        REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION index_new_products();
      CREATE TRIGGER products_indexed_on_change
        AFTER UPDATE OF name, description, search_text, category_id, deleted_at ON products
        FOR EACH ROW WHEN (
          (OLD.search_text, OLD.category_id, OLD.deleted_at) IS DISTINCT FROM (NEW.search_text, NEW.category_id, NEW.deleted_at)
        ) EXECUTE FUNCTION index_changed_product();
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      DROP TRIGGER order_history_only_grows ON order_history;
      DROP FUNCTION refuse_change();
      DROP TRIGGER products_indexed_on_change ON products;
      DROP TRIGGER products_indexed_on_insert ON products;
      DROP TRIGGER products_counted_on_delete ON products;
      DROP TRIGGER products_counted_on_insert ON products;
      DROP TRIGGER products_folded ON products;
      DROP FUNCTION index_changed_product(), index_new_products(), places_in(bit);
      DROP AGGREGATE bits_at(integer, integer);
      DROP FUNCTION postings_of(text, bigint, timestamptz), words_of(text), bare_word(text), count_deleted_product(),
        count_new_products(), fold_product(), fold_words(text), fold_text(text);
    `);
  }
}
