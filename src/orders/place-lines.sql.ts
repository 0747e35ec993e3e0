import { placingSql } from './placing-sql.js';

/** Orders the lines of bodies: $1 to $7 as `placingSql` explains, $8 to $10 arrays of users, products and quantities. */
export const PLACE_LINES = placingSql(`
  SELECT * FROM unnest($8::bigint[], $9::bigint[], $10::bigint[])
    WITH ORDINALITY AS line (user_id, product_id, quantity, position)`);
