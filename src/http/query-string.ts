import { parse } from 'node:querystring';

/** Parses a query string. Empty parameters are ignored; of a repeated one the last value counts. */
export function readQuery(text: string): Record<string, string> {
  const query: Record<string, string> = {};
  for (const [name, values] of Object.entries(parse(text))) {
    const value = [values].flat().at(-1);
    if (value) query[name] = value;
  }
  return query;
}
