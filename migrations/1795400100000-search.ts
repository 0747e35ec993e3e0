import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What lists and searches ask of the database less dearly. */
export class Search1795400100000 implements MigrationInterface {
  name = 'Search1795400100000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(String.raw`
      -- The category with that slug, else that name, else that slug in other case or at an earlier time. As a function
      -- it is one step of a statement's plan, and mostly one look-up.
      CREATE FUNCTION find_category(named text) RETURNS bigint LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
        DECLARE
          found bigint;
        BEGIN
          SELECT id INTO found FROM categories WHERE slug = named;
          IF found IS NULL THEN
            SELECT coalesce(
              (SELECT id FROM categories WHERE fold_text(name) = fold_text(named) ORDER BY id LIMIT 1),
              (SELECT id FROM categories WHERE slug = lower(named)),
              (SELECT id FROM categories WHERE lower(named) = ANY(former_slugs) ORDER BY id LIMIT 1)
            ) INTO found;
          END IF;
          RETURN found;
        END
      $$;

      -- As before, but text in ASCII, which has no accents, is folded twenty times as fast.
      CREATE OR REPLACE FUNCTION fold_text(text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
        SELECT CASE
          WHEN octet_length($1) = length($1) THEN lower($1 COLLATE "C")
          ELSE public.unaccent('public.unaccent'::regdictionary, translate(
            lower(normalize(regexp_replace(translate($1, '™℠®©', '    '), '([¼½¾⅐-⅞↉])', ' \1', 'g'), NFKC)),
            'ς×✕', 'σxx'
          ))
        END
      $$;

      -- What the index holds of a product. A word of the name is there a second time, marked with ^: so the index alone
      -- tells whether a word stands in the name. Each text is folded once, and the dictionary written only for new words.
      CREATE OR REPLACE FUNCTION fold_product() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE
          folded_name text;
          name_words text[];
          all_words text[];
          new_words text[];
        BEGIN
          IF TG_OP = 'UPDATE' THEN
            IF (NEW.name, NEW.description) IS NOT DISTINCT FROM (OLD.name, OLD.description) THEN
              RETURN NEW;
            END IF;
          END IF;
          folded_name := fold_text(NEW.name);
          name_words := words_in(folded_name);
          all_words := name_words || words_in(fold_text(NEW.description));
          NEW.name_key := folded_name;
          NEW.words := array_to_tsvector(
            array_remove(string_to_array('^' || array_to_string(name_words, ' ^'), ' '), '^') || all_words
          );
          new_words := ARRAY(
            SELECT word FROM unnest(all_words) AS own (word)
            WHERE NOT EXISTS (SELECT FROM search_words known WHERE known.word = own.word)
          );
          IF new_words <> '{}' THEN
            INSERT INTO search_words SELECT DISTINCT unnest(new_words);
          END IF;
          RETURN NEW;
        END
      $$;
      DROP FUNCTION product_words(text, text);
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(String.raw`
      DROP FUNCTION find_category(text);
      CREATE OR REPLACE FUNCTION fold_text(text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
        SELECT public.unaccent('public.unaccent'::regdictionary, translate(
          lower(normalize(regexp_replace(translate($1, '™℠®©', '    '), '([¼½¾⅐-⅞↉])', ' \1', 'g'), NFKC)),
          'ς×✕', 'σxx'
        ))
      $$;
      CREATE FUNCTION product_words(name text, description text) RETURNS tsvector
        LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
        DECLARE
          name_words text[] := words_in(fold_text(name));
          marked text[] := array_remove(string_to_array('^' || array_to_string(name_words, ' ^'), ' '), '^');
        BEGIN
          RETURN array_to_tsvector(name_words || marked || words_in(fold_text(description)));
        END
      $$;
      CREATE OR REPLACE FUNCTION fold_product() RETURNS trigger LANGUAGE plpgsql AS $$
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
    `);
  }
}
