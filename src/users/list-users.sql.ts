import { AT_MOST_A_PAGE, countedTotal, pageSql } from '../database/page-sql.js';
import { PLANNED_FOR_ITS_VALUES } from '../database/serving-client.js';
import { matchesSearch } from '../database/sql.js';
import { USER_JSON } from './user-json.js';

/** Bound of counting the hits of a search, since counting more would take longer than finding the page. */
const COUNTED_OF_A_SEARCH = 1_000;

const LIVE = 'u.deleted_at IS NULL';

const FOUND = `${LIVE} AND ${matchesSearch('u.search_text', '$4')}`;

/** The JSON is made of the rows that are left after OFFSET, since it costs more than to skip a row. */
function rowsSql(condition: string): string {
  return `SELECT u.id, '' AS key, ${USER_JSON} AS json FROM (
    SELECT * FROM users u WHERE ${condition} AND u.id > $3::bigint ORDER BY u.id OFFSET $2::bigint ${AT_MOST_A_PAGE}
  ) u ORDER BY u.id`;
}

/**
 * A page of users, the oldest account first: $1 size, $2 offset, $3 id of the row before the page or 0, and $4 the
 * search. Planned for its values: a rare name is found in the index, a frequent one by walking the ids.
 */
export const LIST_USERS = {
  all: pageSql(countedTotal(`users u WHERE ${LIVE}`), rowsSql(LIVE), '$1'),
  found:
    PLANNED_FOR_ITS_VALUES +
    pageSql(countedTotal(`users u WHERE ${FOUND}`, COUNTED_OF_A_SEARCH), rowsSql(FOUND), '$1'),
};
