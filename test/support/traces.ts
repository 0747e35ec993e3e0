import type pg from 'pg';

/** Text and JSON columns of every table of the shop and of the job queue. */
const COLUMNS = `
SELECT format('%I.%I', table_schema, table_name) AS table, column_name AS column
FROM information_schema.columns JOIN information_schema.tables USING (table_schema, table_name)
WHERE table_type = 'BASE TABLE' AND table_schema NOT IN ('pg_catalog', 'information_schema')
  AND data_type IN ('text', 'character varying', 'character', 'json', 'jsonb', 'ARRAY', 'tsvector', 'USER-DEFINED')`;

/** Every place where the database contains one of these texts, without regard to case: `table.column: text`. */
export async function tracesOf(database: pg.Pool, texts: string[]): Promise<string[]> {
  const { rows: columns } = await database.query(COLUMNS);
  if (columns.length < 50) throw new Error('The search for traces misses columns.');
  const searches = columns.map(
    ({ table, column }) =>
      `SELECT DISTINCT '${table}.${column}: ' || needle FROM ${table} t, unnest($1::text[]) AS needle
       WHERE strpos(lower(t."${column}"::text), lower(needle)) > 0`,
  );
  const { rows } = await database.query({ text: searches.join(' UNION ALL '), rowMode: 'array' }, [texts]);
  return rows.flat().toSorted();
}
