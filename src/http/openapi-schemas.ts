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
    'Messages about fields are also members of their own, nested as the body is; those before the others.',
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

/** What a column of a table can hold; the last two are JSON. */
const COLUMN = {
  anyOf: [
    ...['string', 'number', 'boolean', 'null'].map((type) => ({ type })),
    { type: 'object', additionalProperties: {} },
    { type: 'array', items: {} },
  ],
};

type Schemas = Record<string, SchemaObject>;

/** Names the schemas and says of each member what generators read right. */
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
  // A schema by name goes without the `allOf` that OpenAPI 3.0 needs for a description beside it.
  if (member.allOf?.length === 1) {
    Object.assign(member, member.allOf[0]);
    delete member.allOf;
  }
  // Generators write a pattern down without the flag that Unicode classes need: it would refuse every letter.
  if (member.pattern?.includes('\\p{')) delete member.pattern;
  describeDefault(member, schemaName);
}

/**
 * A default stands in the description: generators would make its member required, or send it where the client left it
 * out. An update has none.
 */
function describeDefault(member: SchemaObject, schemaName: string): void {
  if (!('default' in member)) return;
  const note = `Left out: \`${member.default}\`.`;
  if (!/^(Update|Replace)/.test(schemaName)) {
    member.description = member.description ? `${member.description} ${note}` : note;
  }
  delete member.default;
}

/** Schemas are called what they are, not what our classes are: `Product` rather than `ProductDto`. */
function withPlainNames(document: OpenAPIObject): OpenAPIObject {
  return JSON.parse(JSON.stringify(document).replace(/("|\/)([A-Z]\w+)Dto"/g, '$1$2"')) as OpenAPIObject;
}

/** What `LIST_FORMAT=array` answers instead of each page. */
export function describeBareArrays(document: OpenAPIObject): void {
  const schemas = document.components!.schemas as Schemas;
  for (const [name, { properties }] of Object.entries(schemas)) {
    if (name.endsWith('Page') && properties?.results) schemas[name] = properties.results as SchemaObject;
  }
}
