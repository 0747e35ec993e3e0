import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * In a regular expression of PostgreSQL: ASCII, Latin-1, general and CJK punctuation, spaces and symbols. All else is
 * part of a word, on every server alike: what `[[:alnum:]]` means depends on its locale.
 */
const SEPARATORS = String.raw`\u0001-\u002f\u003a-\u0040\u005b-\u0060\u007b-\u007d\u007f-\u00bf\u00d7\u00f7\u2000-\u206f\u20a0-\u20cf\u2190-\u2bff\u3000-\u3003\u3008-\u3020\u3030\ufeff\uff5f-\uff65\ufffd`;

/** Scripts that put no spaces between words: Thai to Khmer, Kana, Han, Hangul. */
const WITHOUT_SPACES = String.raw`\u0e00-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff`;

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

      -- What users are searched by, folded once when it is written. A space before each word tells where it begins.
      CREATE FUNCTION fold_user() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          NEW.search_text = ' ' || fold_text(NEW.username || ' ' || NEW.email || ' ' || NEW.name);
          RETURN NEW;
        END
      $$;
      CREATE TRIGGER users_folded BEFORE INSERT OR UPDATE OF username, email, name, search_text ON users
        FOR EACH ROW EXECUTE FUNCTION fold_user();

      -- What a reader does not tell apart when searching or sorting is folded here and nowhere else: case, accents,
      -- compatibility forms (m², full-width digits), × and x, both small sigmas. 1½ becomes 1 1/2.
      CREATE FUNCTION fold_text(text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
        SELECT public.unaccent('public.unaccent'::regdictionary, translate(
          lower(normalize(regexp_replace(translate($1, '™℠®©', '    '), '([¼½¾⅐-⅞↉])', ' \1', 'g'), NFKC)),
          'ς×✕', 'σxx'
        ))
      $$;

      -- The words of folded text: what lies between separators.
      CREATE FUNCTION word_parts(folded text) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
        SELECT array_remove(string_to_array(regexp_replace(folded, '[~${SEPARATORS}]+', ' ', 'g'), ' '), '')
      $$;
      -- The same with what is written together as one word: Wi-Fi is wifi, 3.5mm and 3,5mm are 3.5mm.
      CREATE FUNCTION word_compounds(folded text) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
        SELECT array_remove(string_to_array(translate(regexp_replace(regexp_replace(
          regexp_replace(translate(folded, '~', ' '), '([0-9])[.,](?=[0-9])', '\1~', 'g'),
          '(?<=[^${SEPARATORS}])[-_.''&](?=[^${SEPARATORS}])', '', 'g'
        ), '[${SEPARATORS}]+', ' ', 'g'), '~', '.'), ' '), '')
      $$;
      -- A product is found by both.
      CREATE FUNCTION words_in(folded text) RETURNS text[] LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
        DECLARE
          words text[] := word_parts(folded);
        BEGIN
          IF folded ~ '[^ ][-_.,''&][^ ]' THEN
            words := words || word_compounds(folded);
          END IF;
          -- A very long word, in which a reader looks for 100 characters at most, is kept in pieces that overlap.
          IF folded ~ '[^ ]{201}' THEN
            words := ARRAY(
              SELECT substr(word, start, 200)
              FROM unnest(words) AS word, generate_series(1, greatest(length(word) - 100, 1), 100) AS start
            );
          END IF;
          IF folded ~ '[${WITHOUT_SPACES}]' THEN
            words := words || ARRAY(
              SELECT substr(word, start, 2) FROM unnest(words) AS word, generate_series(1, length(word)) AS start
              WHERE word ~ '[${WITHOUT_SPACES}]'
            );
          END IF;
          RETURN words;
        END
      $$;

      -- What the index holds of a product. A word of the name is there a second time, marked with ^: so the index alone
      -- tells whether a word stands in the name.
      CREATE FUNCTION product_words(name text, description text) RETURNS tsvector
        LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
        DECLARE
          name_words text[] := words_in(fold_text(name));
          marked text[] := array_remove(string_to_array('^' || array_to_string(name_words, ' ^'), ' '), '^');
        BEGIN
          RETURN array_to_tsvector(name_words || marked || words_in(fold_text(description)));
        END
      $$;

      CREATE FUNCTION fold_product() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          IF TG_OP = 'UPDATE' THEN
            IF (NEW.name, NEW.description) IS NOT DISTINCT FROM (OLD.name, OLD.description) THEN
              RETURN NEW;
            END IF;
          END IF;
          NEW.name_key := fold_text(NEW.name);
          NEW.words := product_words(NEW.name, NEW.description);
          INSERT INTO search_words
            SELECT own.word FROM unnest(tsvector_to_array(NEW.words)) AS own (word)
            WHERE own.word NOT LIKE '^%' AND NOT EXISTS (SELECT FROM search_words known WHERE known.word = own.word);
          RETURN NEW;
        END
      $$;
      CREATE TRIGGER products_folded BEFORE INSERT OR UPDATE OF name, description ON products
        FOR EACH ROW EXECUTE FUNCTION fold_product();

      CREATE FUNCTION count_new_products() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          INSERT INTO product_counts
            SELECT count(*) FROM new_rows WHERE deleted_at IS NULL HAVING count(*) > 0;
          RETURN NULL;
        END
      $$;
      CREATE FUNCTION count_deleted_product() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          INSERT INTO product_counts VALUES (CASE WHEN NEW.deleted_at IS NULL THEN 1 ELSE -1 END);
          RETURN NULL;
        END
      $$;
      CREATE TRIGGER products_counted_on_insert AFTER INSERT ON products
        REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION count_new_products();
      CREATE TRIGGER products_counted_on_delete AFTER UPDATE OF deleted_at ON products
        FOR EACH ROW WHEN ((OLD.deleted_at IS NULL) <> (NEW.deleted_at IS NULL))
        EXECUTE FUNCTION count_deleted_product();
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      DROP TRIGGER users_folded ON users;
      DROP FUNCTION fold_user();
      DROP TRIGGER order_history_only_grows ON order_history;
      DROP FUNCTION refuse_change();
      DROP TRIGGER products_counted_on_delete ON products;
      DROP TRIGGER products_counted_on_insert ON products;
      DROP TRIGGER products_folded ON products;
      DROP FUNCTION count_deleted_product(), count_new_products(), fold_product(), product_words(text, text),
        words_in(text), word_compounds(text), word_parts(text), fold_text(text);
    `);
  }
}
