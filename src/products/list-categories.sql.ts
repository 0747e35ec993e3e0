/** Hand-written, since it may run on a replica, which TypeORM's repository does not use. */
export const LIST_CATEGORIES = `SELECT id, name, slug FROM categories ORDER BY name`;
