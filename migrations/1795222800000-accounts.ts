import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Verified addresses, languages, the links in mails, and the workers that send them. */
export class Accounts1795222800000 implements MigrationInterface {
  name = 'Accounts1795222800000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      ALTER TABLE users
        ADD COLUMN language text NOT NULL DEFAULT 'en' CONSTRAINT users_language_known CHECK (language IN ('en', 'fr')),
        ADD COLUMN email_verified_at timestamptz;

      CREATE TABLE account_tokens (
        user_id bigint NOT NULL CONSTRAINT account_tokens_user_id_fkey REFERENCES users,
        purpose text NOT NULL CONSTRAINT account_tokens_purpose_known
          CHECK (purpose IN ('verify_email', 'reset_password', 'change_email')),
        token_hash bytea NOT NULL,
        email text NOT NULL,
        new_email text,
        requested_at timestamptz NOT NULL,
        expires_at timestamptz NOT NULL,
        used_at timestamptz,
        revoked_at timestamptz,
        CONSTRAINT account_tokens_pkey PRIMARY KEY (user_id, purpose)
      );

      CREATE TABLE job_workers (
        id text CONSTRAINT job_workers_pkey PRIMARY KEY,
        seen_at timestamptz NOT NULL DEFAULT now()
      );
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      DROP TABLE job_workers, account_tokens;
      ALTER TABLE users DROP COLUMN email_verified_at, DROP COLUMN language;
    `);
  }
}
