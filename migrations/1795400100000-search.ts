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

      -- A change of many texts merges its pending list into the index half as often; each search reads all of it.
      ALTER INDEX products_words SET (gin_pending_list_limit = 1024);

      -- What a search looks for. Each of its words is a term: what was written together is one word (wifi), and its parts
      -- are two (wi, fi). An elision (l'huile) is left out. For each term the dictionary says which words of the catalogue
      -- begin with it, or hold it elsewhere; less than three letters are looked for at the beginning and the end of words
      -- only, since the index of trigrams knows no less. Of many beginnings the index of products finds all by what they
      -- have in common. As a function it is one step of a statement, whose plan would else be set up for each search.
      --
      -- anywhere, in_name and whole are the terms found by any of their words, by such words in the name, and by whole
      -- words in the name; null where a term is found by none. is_partial: a term is held by more words than are looked for.
      -- terms say in detail what was found in the dictionary for each of typed.
      CREATE FUNCTION search_query(
        search text, most integer, in_detail boolean,
        OUT anywhere tsquery, OUT in_name tsquery, OUT whole tsquery, OUT is_partial boolean, OUT typed text[], OUT terms jsonb
      ) LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
        DECLARE
          token text;
          term text;
          parts text[];
          beginnings text[];
          others text[];
          words text;
          together text;
          found text;
          found_whole text;
        BEGIN
          <<tokens>>
          FOREACH token IN ARRAY string_to_array(regexp_replace(fold_text(search), '\s+', ' ', 'g'), ' ') LOOP
            token := regexp_replace(token, '^([cdjlmnst]|qu|jusqu|lorsqu|puisqu)''(?=..)', '');
            parts := word_parts(token);
            FOREACH term IN ARRAY word_compounds(token) LOOP
              CONTINUE WHEN term = ANY(typed);
              EXIT tokens WHEN cardinality(typed) = most;
              typed := typed || term;
              beginnings := ARRAY(
                SELECT word FROM search_words WHERE word >= term AND word < term || chr(1114111) ORDER BY word LIMIT 9
              );
              others := ARRAY(
                SELECT word FROM search_words
                WHERE word LIKE
                    CASE WHEN term ~ '[[:alnum:]]{3}' THEN '%' || term || '%' WHEN length(term) = 2 THEN '%' || term END
                  AND NOT starts_with(word, term)
                LIMIT 500
              );
              IF cardinality(others) = 500 THEN
                is_partial := true;
              END IF;
              IF in_detail THEN
                terms := coalesce(terms, '[]') || jsonb_build_object(
                  'term', term, 'parts', parts, 'beginnings', beginnings, 'others', others,
                  'has_many_beginnings', cardinality(beginnings) > 8
                );
              END IF;
              -- ~ stands for the mark of words in the name, which no word holds.
              together := CASE WHEN cardinality(parts) > 1 AND position('.' IN term) = 0
                THEN '(''~' || array_to_string(parts, ''' & ''~') || ''')' END;
              words := concat_ws(' | ',
                CASE WHEN cardinality(beginnings) > 8 THEN '''~' || term || ''':*'
                  WHEN beginnings <> '{}' THEN '''~' || array_to_string(beginnings, ''' | ''~') || '''' END,
                CASE WHEN others <> '{}' THEN '''~' || array_to_string(others, ''' | ''~') || '''' END,
                together
              );
              found := CASE WHEN words = '' OR found = '' THEN '' ELSE concat_ws(' & ', found, '(' || words || ')') END;
              found_whole := concat_ws(' & ', found_whole, concat('(''~', term, '''', ' | ' || together, ')'));
            END LOOP;
          END LOOP;
          IF found <> '' THEN
            anywhere := replace(found, '~', '')::tsquery;
            in_name := replace(found, '~', '^')::tsquery;
            whole := replace(found_whole, '~', '^')::tsquery;
          END IF;
        END
      $$;
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(String.raw`
      DROP FUNCTION find_category(text), search_query(text, integer, boolean);
      ALTER INDEX products_words SET (gin_pending_list_limit = 512);
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
