/** Messages by field; the name of a nested field is a path such as `items.0.quantity`. */
export type FieldErrors = Record<string, string[]>;

/** Members of a problem document: a field with such a name is only in `errors`. */
const PROBLEM_MEMBERS = new Set([
  'type',
  'title',
  'status',
  'detail',
  'instance',
  'code',
  'errors',
  'messages',
]);

/**
 * The messages as members of the document itself, nested as Django REST nests them: those about `items.1.quantity`
 * become `items: [{}, {quantity: […]}]`, with an object for each item that the body has.
 */
export function nestedErrors(errors: FieldErrors, body: unknown): Record<string, unknown> {
  const nested: Record<string, unknown> = {};
  for (const [field, messages] of Object.entries(errors)) {
    const path = field.split('.');
    if (!PROBLEM_MEMBERS.has(path[0]!)) put(nested, path, messages, body);
  }
  return nested;
}

function put(into: Record<string, unknown>, path: string[], messages: string[], body: unknown): void {
  const [name, ...rest] = path as [string, ...string[]];
  if (rest.length === 0) {
    // A message about a whole item gets a name too, so that each item of a list is an object.
    into[name] = Array.isArray(into) ? { non_field_errors: messages } : messages;
    return;
  }
  const inner = (body as Record<string, unknown> | undefined | null)?.[name];
  into[name] ??= /^\d+$/.test(rest[0]!) ? emptyObjects(inner, Number(rest[0])) : {};
  const child = into[name] as Record<string, unknown>;
  if (Array.isArray(child)) while (child.length <= Number(rest[0])) child.push({});
  put(child, rest, messages, inner);
}

function emptyObjects(items: unknown, last: number): object[] {
  return Array.from({ length: Array.isArray(items) ? items.length : last + 1 }, () => ({}));
}
