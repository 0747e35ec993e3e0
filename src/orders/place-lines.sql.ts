import { placingSql } from './placing-sql.js';

/**
 * Orders the lines of bodies: parameters as `placingSql` explains, and arrays of buyers, products and quantities behind
 * them.
 */
export const PLACE_LINES = { users: placingSql(lines(8)).users, guests: placingSql(lines(12)).guests };

function lines(first: number): string {
  return `
  SELECT * FROM unnest($${first}::bigint[], $${first + 1}::bigint[], $${first + 2}::bigint[])
    WITH ORDINALITY AS line (user_id, product_id, quantity, position)`;
}
