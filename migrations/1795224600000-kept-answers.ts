import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A key is stored with its answer or not at all. */
export class KeptAnswers1795224600000 implements MigrationInterface {
  name = 'KeptAnswers1795224600000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      `ALTER TABLE idempotency_keys ALTER COLUMN status SET NOT NULL, ALTER COLUMN body SET NOT NULL`,
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      `ALTER TABLE idempotency_keys ALTER COLUMN status DROP NOT NULL, ALTER COLUMN body DROP NOT NULL`,
    );
  }
}
