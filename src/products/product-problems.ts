import { notFound, type Problem } from '../http/problem.js';

export function unknownProduct(): Problem {
  return notFound('product_not_found', 'There is no such product.');
}
