import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * A word of the dictionary tells which transaction added it. So a process that has kept what the dictionary said of a
 * search knows whether that still holds: unless there are words of transactions that it could not see then.
 */
export class WordAge1796200000000 implements MigrationInterface {
  name = 'WordAge1796200000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      -- Words that are there already need not say it: every process that asks was started later.
      ALTER TABLE search_words ADD COLUMN added_by xid8;
      ALTER TABLE search_words ALTER COLUMN added_by SET DEFAULT pg_current_xact_id();
      CREATE INDEX search_words_by_age ON search_words (added_by) WHERE added_by IS NOT NULL;
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE search_words DROP COLUMN added_by');
  }
}
