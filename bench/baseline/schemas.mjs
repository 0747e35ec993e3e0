/** Schemas of the routes. Fastify compiles serializers from those of responses and validators from those of requests. */
import { readFileSync } from 'node:fs';

/** The schemas of responses are those of the app's own OpenAPI document. */
export const api = { $id: 'api', ...JSON.parse(readFileSync('openapi.json', 'utf8')) };

const response = (status, name) => ({ response: { [status]: { $ref: `api#/components/schemas/${name}` } } });
const object = (properties, required = []) => ({ type: 'object', properties, required });
const text = { type: 'string', maxLength: 100 };
const id = { type: 'integer', minimum: 1 };
const page = { ...id, default: 1 };

export const routeSchemas = {
  list: {
    querystring: object({
      category: text,
      search: text,
      max_price: { type: 'string', pattern: '^\\d{1,8}(\\.\\d{1,2})?$' },
      ordering: { enum: ['id', 'price', '-price'], default: 'id' },
      page,
    }),
    ...response(200, 'ProductPage'),
  },
  detail: { params: object({ id }), ...response(200, 'Product') },
  addToCart: {
    body: object({ product_id: id, quantity: page }, ['product_id']),
    ...response(201, 'CartItem'),
  },
  checkout: response(201, 'Order'),
  myOrders: { querystring: object({ page }), ...response(200, 'OrderPage') },
  login: {
    body: object({ email: text, password: text }, ['email', 'password']),
    ...response(200, 'SignedIn'),
  },
};
