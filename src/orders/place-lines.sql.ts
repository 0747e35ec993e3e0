import { placingSql } from './placing-sql.js';

/** Orders the lines of bodies: $1 to $6 as `placingSql` explains, $7 to $9 arrays of users, products and quantities. */
export const PLACE_LINES = placingSql(`
  SELECT * FROM unnest($7::bigint[], $8::bigint[], $9::bigint[])
    WITH ORDINALITY AS line (user_id, product_id, quantity, position)`);
