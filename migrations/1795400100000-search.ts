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

      -- As before, but text in ASCII, which has no accents, is folded at once. In PL/pgSQL, which calls it by itself:
      -- what is no single strict expression is called as a query in SQL.
      CREATE OR REPLACE FUNCTION fold_text(text) RETURNS text LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
        BEGIN
          IF octet_length($1) = length($1) THEN
            RETURN lower($1 COLLATE "C");
          END IF;
          RETURN public.unaccent('public.unaccent'::regdictionary, translate(
            lower(normalize(regexp_replace(translate($1, '™℠®©', '    '), '([¼½¾⅐-⅞↉])', ' \1', 'g'), NFKC)),
            'ς×✕', 'σxx'
          ));
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

      -- What a search looks for. Each of its words is a term: what was written together is one word (wifi), and its parts
      -- are two (wi, fi). An elision (l'huile) is left out. For each term the dictionary says which words of the catalogue
      -- begin with it, or hold it elsewhere; less than three letters are looked for at the beginning and the end of words
      -- only, since the index of trigrams knows no less. Of many beginnings the index of products finds all by what they
      -- have in common. As a function it is one step of a statement, whose plan would else be set up for each search.
      --
      -- anywhere, in_name and whole are the terms found by any of their words, by such words in the name, and by whole
      -- words in the name; empty where a term is found by none. is_partial: a term is held by more words than are looked for.
      CREATE FUNCTION search_query(
        typed text, most integer,
        OUT anywhere tsquery, OUT in_name tsquery, OUT whole tsquery, OUT is_partial boolean, OUT terms jsonb
      ) LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
        DECLARE
          token text;
          term text;
          parts text[];
          pattern text;
          beginnings text[];
          others text[];
          words text[];
          has_many boolean;
          together text;
          found text[] := '{}';
          found_whole text[] := '{}';
          seen text[] := '{}';
        BEGIN
          is_partial := false;
          terms := '[]';
          <<tokens>>
          FOREACH token IN ARRAY string_to_array(regexp_replace(fold_text(typed), '\s+', ' ', 'g'), ' ') LOOP
            token := regexp_replace(token, '^([cdjlmnst]|qu|jusqu|lorsqu|puisqu)''(?=..)', '');
            parts := word_parts(token);
            FOREACH term IN ARRAY word_compounds(token) LOOP
              CONTINUE WHEN term = ANY(seen);
              EXIT tokens WHEN cardinality(seen) = most;
              seen := seen || term;
              beginnings := ARRAY(
                SELECT word FROM search_words WHERE word >= term AND word < term || chr(1114111) ORDER BY word LIMIT 9
              );
              pattern := CASE WHEN term ~ '[[:alnum:]]{3}' THEN '%' || term || '%' WHEN length(term) = 2 THEN '%' || term END;
              others := CASE WHEN pattern IS NULL THEN '{}' ELSE ARRAY(
                SELECT word FROM search_words WHERE word LIKE pattern AND NOT starts_with(word, term) LIMIT 500
              ) END;
              has_many := cardinality(beginnings) > 8;
              is_partial := is_partial OR cardinality(others) = 500;
              terms := terms || jsonb_build_object(
                'term', term, 'parts', parts, 'beginnings', beginnings, 'others', others, 'has_many_beginnings', has_many
              );
              -- ~ stands for the mark of words in the name, which none of them holds.
              words := CASE WHEN has_many THEN others ELSE beginnings || others END;
              together := CASE WHEN cardinality(parts) > 1 AND position('.' IN term) = 0
                THEN '(''~' || array_to_string(parts, ''' & ''~') || ''')' END;
              found := found || concat_ws(' | ',
                CASE WHEN has_many THEN '''~' || term || ''':*' END,
                CASE WHEN words <> '{}' THEN '''~' || array_to_string(words, ''' | ''~') || '''' END,
                together
              );
              found_whole := found_whole || concat_ws(' | ', '''~' || term || '''', together);
            END LOOP;
          END LOOP;
          IF '' = ANY(found) THEN
            found := '{}';
          END IF;
          token := CASE WHEN found <> '{}' THEN '(' || array_to_string(found, ') & (') || ')' ELSE '' END;
          anywhere := replace(token, '~', '')::tsquery;
          in_name := replace(token, '~', '^')::tsquery;
          token := CASE WHEN found <> '{}' THEN '(' || array_to_string(found_whole, ') & (') || ')' ELSE '' END;
          whole := replace(token, '~', '^')::tsquery;
        END
      $$;
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(String.raw`
      DROP FUNCTION find_category(text), search_query(text, integer);
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
