import { placingSql } from './placing-sql.js';

/**
 * Orders the lines of request bodies: parameters as in `placingSql`, then arrays of buyers, products and quantities.
 */
export const PLACE_LINES = { users: placingSql(lines(8)).users, guests: placingSql(lines(12)).guests };

function lines(first: number): string {
  return `
  SELECT * FROM unnest($${first}::bigint[], $${first + 1}::bigint[], $${first + 2}::bigint[])
    WITH ORDINALITY AS line (user_id, product_id, quantity, position)`;
}
