import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Mails that left; webhooks in the audit log; and the erasure of what that log tells of a guest's orders. */
export class Keeper1795500200000 implements MigrationInterface {
  name = 'Keeper1795500200000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE sent_mails (
        id bigint CONSTRAINT sent_mails_pkey PRIMARY KEY, -- of the job that sent it
        kind text NOT NULL,
        user_id bigint CONSTRAINT sent_mails_user_id_fkey REFERENCES users,
        order_id bigint CONSTRAINT sent_mails_order_id_fkey REFERENCES orders,
        email text NOT NULL,
        subject text NOT NULL,
        queued_at timestamptz NOT NULL,
        sent_at timestamptz NOT NULL DEFAULT now()
      );
      CREATE INDEX sent_mails_by_user ON sent_mails (user_id, id);
      CREATE INDEX sent_mails_by_order ON sent_mails (order_id);
      CREATE INDEX sent_mails_by_time ON sent_mails (sent_at);

      -- The secret is in no column that is named here.
      CREATE TRIGGER webhook_endpoints_audited AFTER INSERT OR UPDATE OR DELETE ON webhook_endpoints
        FOR EACH ROW EXECUTE FUNCTION write_audit_log(
          'url,description,events,low_stock,disabled_at,disabled_reason', 'disabled_at');

      -- Of orders whose guest is erased, as erase_person_from_audit_log does it for those of an account.
      CREATE FUNCTION erase_orders_from_audit_log(order_ids bigint[]) RETURNS void
        LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
        BEGIN
          UPDATE audit_log SET before = without_person(before), after = without_person(after)
            WHERE model = 'orders' AND row_id = ANY (order_ids::text[])
              AND (before ?| ARRAY['shipping_address', 'billing_address', 'notes']
                OR after ?| ARRAY['shipping_address', 'billing_address', 'notes']);
        END
      $$;
      CREATE OR REPLACE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE
          stack text;
        BEGIN
          GET DIAGNOSTICS stack = PG_CONTEXT;
          IF TG_OP <> 'TRUNCATE' AND stack ~ '[ .](erase_person_from_audit_log[(]bigint[)]|erase_orders_from_audit_log[(]bigint[[][]][)]|forget_old_audit_log[(]integer,integer[)])' THEN
            RETURN NULL;
          END IF;
          RAISE EXCEPTION 'audit_log only grows' USING ERRCODE = 'restrict_violation';
        END
      $$;
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE OR REPLACE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE
          stack text;
        BEGIN
          GET DIAGNOSTICS stack = PG_CONTEXT;
          IF TG_OP <> 'TRUNCATE' AND stack ~ '[ .](erase_person_from_audit_log[(]bigint[)]|forget_old_audit_log[(]integer,integer[)])' THEN
            RETURN NULL;
          END IF;
          RAISE EXCEPTION 'audit_log only grows' USING ERRCODE = 'restrict_violation';
        END
      $$;
      DROP FUNCTION erase_orders_from_audit_log(bigint[]);
      DROP TRIGGER webhook_endpoints_audited ON webhook_endpoints;
      DROP TABLE sent_mails;
    `);
  }
}
