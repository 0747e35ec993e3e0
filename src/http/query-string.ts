import { parse } from 'node:querystring';

/** The query of an address: an empty parameter was not given, and of a repeated one the last counts. */
export function readQuery(text: string): Record<string, string> {
  const query: Record<string, string> = {};
  for (const [name, values] of Object.entries(parse(text))) {
    const value = [values].flat().at(-1);
    if (value) query[name] = value;
  }
  return query;
}
