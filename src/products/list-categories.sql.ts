/** SQL, since a replica may be asked, which TypeORM's repository does not know. */
export const LIST_CATEGORIES = `SELECT id, name, slug FROM categories ORDER BY name`;
