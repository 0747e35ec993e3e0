import type { OpenAPIObject, SchemaObject } from '@nestjs/swagger';

const MESSAGES_BY_FIELD = {
  type: 'object',
  description: 'Messages by field.',
  additionalProperties: { type: 'array', items: { type: 'string' } },
};

const PROBLEM = {
  type: 'object',
  required: ['title', 'status', 'detail', 'code'],
  description:
    'Messages about fields are also members of the document itself, nested like the body, before the other members.',
  properties: {
    title: { type: 'string', example: 'Bad Request' },
    status: { type: 'integer', example: 400 },
    detail: { type: 'string', example: 'quantity must not be less than 1' },
    code: { type: 'string', description: 'Stable; decide by it.', example: 'validation_failed' },
    errors: { ...MESSAGES_BY_FIELD, example: { quantity: ['quantity must not be less than 1'] } },
  },
};

const V1_FAILURE = {
  type: 'object',
  required: ['success', 'message'],
  properties: {
    success: { type: 'boolean', enum: [false] },
    message: { type: 'string', example: 'The email field is required. (and 2 more errors)' },
    errors: { ...MESSAGES_BY_FIELD, example: { email: ['The email field is required.'] } },
  },
};

/** Values of a table's column; the last two are JSON. */
const COLUMN = {
  anyOf: [
    ...['string', 'number', 'boolean', 'null'].map((type) => ({ type })),
    { type: 'object', additionalProperties: {} },
    { type: 'array', items: {} },
  ],
};

type Schemas = Record<string, SchemaObject>;

/** Adds schemas, renames them, and changes members so that client generators read them correctly. */
export function completeSchemas(document: OpenAPIObject): void {
  const schemas = document.components!.schemas as Schemas;
  Object.assign(schemas.AdminRowDto!, { additionalProperties: COLUMN });
  Object.assign(schemas, { Problem: PROBLEM, V1Failure: V1_FAILURE });
  for (const [name, { properties = {} }] of Object.entries(schemas)) {
    for (const member of Object.values(properties as Schemas)) completeMember(member, name);
  }
  Object.assign(document, withPlainNames(document));
}

function completeMember(member: SchemaObject, schemaName: string): void {
  // OpenAPI 3.1 allows a description beside `$ref`, without the `allOf` that 3.0 needs.
  if (member.allOf?.length === 1) {
    Object.assign(member, member.allOf[0]);
    delete member.allOf;
  }
  // Generators emit patterns without the `u` flag: a Unicode class would then match nothing.
  if (member.pattern?.includes('\\p{')) delete member.pattern;
  describeDefault(member, schemaName);
}

/**
 * Moves a default into the description: generators would make the member required, or send the default when the client
 * leaves it out. A field of an update has no default.
 */
function describeDefault(member: SchemaObject, schemaName: string): void {
  if (!('default' in member)) return;
  const note = `Left out: \`${member.default}\`.`;
  if (!/^(Update|Replace)/.test(schemaName)) {
    member.description = member.description ? `${member.description} ${note}` : note;
  }
  delete member.default;
}

/** Schemas are named without the suffix of their classes: `Product`, not `ProductDto`. */
function withPlainNames(document: OpenAPIObject): OpenAPIObject {
  return JSON.parse(JSON.stringify(document).replace(/("|\/)([A-Z]\w+)Dto"/g, '$1$2"')) as OpenAPIObject;
}

/** Replaces each page by an array, as `LIST_FORMAT=array` answers. */
export function describeBareArrays(document: OpenAPIObject): void {
  const schemas = document.components!.schemas as Schemas;
  for (const [name, { properties }] of Object.entries(schemas)) {
    if (name.endsWith('Page') && properties?.results) schemas[name] = properties.results as SchemaObject;
  }
}
