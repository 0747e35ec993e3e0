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
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP FUNCTION find_category(text)');
  }
}
