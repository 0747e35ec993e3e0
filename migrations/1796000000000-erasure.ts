import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Erasing a person takes former addresses and notes out of the history of orders, too. The functions that the version
 * before calls do it, so that its erasures are whole during a rolling release.
 */
export class Erasure1796000000000 implements MigrationInterface {
  name = 'Erasure1796000000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(String.raw`
      -- The history only grows, but for what it tells of a person who is erased.
      CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE
          stack text;
        BEGIN
          GET DIAGNOSTICS stack = PG_CONTEXT;
          IF TG_OP = 'UPDATE' AND stack ~ '[ .]erase_orders_from_history[(]bigint[[][]][)]' THEN
            RETURN NULL;
          END IF;
          RAISE EXCEPTION '% only grows', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
        END
      $$;
      CREATE FUNCTION erase_orders_from_history(order_ids bigint[]) RETURNS void
        LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
        BEGIN
          UPDATE order_history SET changes = without_addresses(changes)
            WHERE order_id = ANY (order_ids) AND changes ?| ARRAY['shipping_address', 'billing_address', 'notes'];
        END
      $$;
      -- Both values of a change: one that is told otherwise never has the same before and after.
      CREATE FUNCTION without_addresses(changes jsonb) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
        SELECT jsonb_object_agg(key, CASE WHEN key IN ('shipping_address', 'billing_address', 'notes')
          THEN '["erased", "erased"]' ELSE value END)
        FROM jsonb_each(changes)
      $$;

      CREATE OR REPLACE FUNCTION erase_person_from_audit_log(person bigint) RETURNS void
        LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
        BEGIN
          UPDATE audit_log SET before = without_person(before), after = without_person(after)
            WHERE model = 'users' AND row_id = person::text;
          PERFORM erase_orders_from_audit_log(ARRAY(SELECT id FROM orders WHERE user_id = person));
          UPDATE audit_log SET session_id = NULL WHERE actor_id = person AND session_id IS NOT NULL;
        END
      $$;
      CREATE OR REPLACE FUNCTION erase_orders_from_audit_log(order_ids bigint[]) RETURNS void
        LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
        BEGIN
          UPDATE audit_log SET before = without_person(before), after = without_person(after)
            WHERE model = 'orders' AND row_id = ANY (order_ids::text[])
              AND (before ?| ARRAY['shipping_address', 'billing_address', 'notes']
                OR after ?| ARRAY['shipping_address', 'billing_address', 'notes']);
          PERFORM erase_orders_from_history(order_ids);
        END
      $$;

      -- What an admin corrects of such an order later does not bring the address back that stood there. A restore of a
      -- backup has no actor, and may fill these tables before those that know the person.
      CREATE FUNCTION is_of_nobody(order_id bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
        SELECT NOT EXISTS (
          SELECT FROM orders o JOIN users u ON u.id = o.user_id WHERE o.id = $1 AND u.deleted_at IS NULL
        ) AND NOT EXISTS (SELECT FROM guest_orders g WHERE g.order_id = $1)
      $$;
      CREATE FUNCTION write_history_without_addresses() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          IF is_of_nobody(NEW.order_id) THEN
            NEW.changes := without_addresses(NEW.changes);
          END IF;
          RETURN NEW;
        END
      $$;
      CREATE TRIGGER order_history_of_nobody BEFORE INSERT ON order_history FOR EACH ROW
        WHEN (current_setting('comptoir.actor', true) <> ''
          AND NEW.changes ?| ARRAY['shipping_address', 'billing_address', 'notes'])
        EXECUTE FUNCTION write_history_without_addresses();
      CREATE FUNCTION write_audit_log_without_addresses() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          IF is_of_nobody(NEW.row_id::bigint) THEN
            NEW.before := without_person(NEW.before);
            NEW.after := without_person(NEW.after);
          END IF;
          RETURN NEW;
        END
      $$;
      CREATE TRIGGER audit_log_of_nobody BEFORE INSERT ON audit_log FOR EACH ROW
        WHEN (NEW.model = 'orders' AND current_setting('comptoir.actor', true) <> ''
          AND NEW.before ?| ARRAY['shipping_address', 'billing_address', 'notes'])
        EXECUTE FUNCTION write_audit_log_without_addresses();

      -- Of those who are erased already.
      SELECT erase_orders_from_audit_log(ARRAY(
        SELECT o.id FROM orders o JOIN users u ON u.id = o.user_id WHERE u.deleted_at IS NOT NULL
        UNION ALL
        SELECT o.id FROM orders o
        WHERE o.user_id IS NULL AND NOT EXISTS (SELECT FROM guest_orders g WHERE g.order_id = o.id)
      ));
    `);
  }

  /** What is erased stays so. */
  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      DROP TRIGGER audit_log_of_nobody ON audit_log;
      DROP TRIGGER order_history_of_nobody ON order_history;
      DROP FUNCTION write_audit_log_without_addresses(), write_history_without_addresses(), is_of_nobody(bigint);

      CREATE OR REPLACE FUNCTION erase_orders_from_audit_log(order_ids bigint[]) RETURNS void
        LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
        BEGIN
          UPDATE audit_log SET before = without_person(before), after = without_person(after)
            WHERE model = 'orders' AND row_id = ANY (order_ids::text[])
              AND (before ?| ARRAY['shipping_address', 'billing_address', 'notes']
                OR after ?| ARRAY['shipping_address', 'billing_address', 'notes']);
        END
      $$;
      CREATE OR REPLACE FUNCTION erase_person_from_audit_log(person bigint) RETURNS void
        LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
        BEGIN
          UPDATE audit_log SET before = without_person(before), after = without_person(after)
            WHERE model = 'users' AND row_id = person::text;
          UPDATE audit_log SET before = without_person(before), after = without_person(after)
            WHERE model = 'orders' AND row_id IN (SELECT id::text FROM orders WHERE user_id = person)
              AND (before ?| ARRAY['shipping_address', 'billing_address', 'notes']
                OR after ?| ARRAY['shipping_address', 'billing_address', 'notes']);
          UPDATE audit_log SET session_id = NULL WHERE actor_id = person AND session_id IS NOT NULL;
        END
      $$;
      DROP FUNCTION erase_orders_from_history(bigint[]), without_addresses(jsonb);
      CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          RAISE EXCEPTION '% only grows', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
        END
      $$;
    `);
  }
}
