import { CATEGORY_VERSION } from './category-version.js';

/** Hand-written, since it may run on a replica, which TypeORM's repository does not use. */
export const LIST_CATEGORIES = `
SELECT id, name, slug, ${CATEGORY_VERSION.sql('c')} AS version FROM categories c ORDER BY name`;
