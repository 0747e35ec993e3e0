/**
 * SQL of whether the dictionary has words that were not there before: of transactions that a snapshot did not see, whose
 * `pg_snapshot_xmin` is the parameter. Later ids than this database has given out came with a dump of another one.
 */
export function newerWords(parameter: string): string {
  return `EXISTS (
    SELECT FROM search_words
    WHERE added_by >= ${parameter}::xid8 AND added_by < pg_snapshot_xmax(pg_current_snapshot())
  )`;
}

/** Whether there are newer words than $1 tells of. */
export const FIND_NEWER_WORDS = `SELECT ${newerWords('$1')} AS is_outdated`;
