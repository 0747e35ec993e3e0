import { categoryId } from './product-filters.js';

/** The id of the category with the slug $1 or else that name. */
export const FIND_CATEGORY_ID = `SELECT ${categoryId('$1')} AS id`;
