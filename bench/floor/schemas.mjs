/** JSON schemas: Fastify compiles those of answers into serialisers, those of requests into checks. */

const string = { type: 'string' };
const integer = { type: 'integer' };
const boolean = { type: 'boolean' };
const nullable = { type: ['string', 'null'] };
const object = (properties) => ({ type: 'object', properties });

const product = object({
  id: integer,
  name: string,
  slug: string,
  description: string,
  price: string,
  stock: integer,
  available: boolean,
  category: nullable,
  image: nullable,
  images: { type: 'array', items: string },
  created_at: string,
  updated_at: string,
});

const order = object({
  id: integer,
  user_id: integer,
  status: string,
  items: {
    type: 'array',
    items: object({
      id: integer,
      product_id: integer,
      product_name: string,
      unit_price: string,
      quantity: integer,
      subtotal: string,
    }),
  },
  total: string,
  shipping_address: string,
  billing_address: string,
  notes: string,
  created_at: string,
  updated_at: string,
});

const cartItem = object({ id: integer, product, quantity: integer, unit_price: string, subtotal: string });

const user = object({
  id: integer,
  username: string,
  email: string,
  name: string,
  phone: nullable,
  birth_date: nullable,
  gender: nullable,
  role: string,
  shipping_address: nullable,
  billing_address: nullable,
  newsletter_subscription: boolean,
  language: string,
  email_verified: boolean,
  created_at: string,
  updated_at: string,
});

const signedIn = object({
  access: string,
  refresh: string,
  token: string,
  token_type: string,
  expires_in: integer,
  user,
});

const pageOf = (results) =>
  object({ count: integer, next: nullable, previous: nullable, results: { type: 'array', items: results } });

const answers = (status, schema) => ({ response: { [status]: schema } });

export const routeSchemas = {
  list: {
    querystring: object({
      category: { ...string, maxLength: 100 },
      search: { ...string, maxLength: 100 },
      max_price: { ...string, pattern: '^\\d{1,8}(\\.\\d{1,2})?$' },
      ordering: { enum: ['id', 'price'] },
    }),
    ...answers(200, pageOf(product)),
  },
  detail: { params: object({ id: { ...integer, minimum: 1 } }), ...answers(200, product) },
  addToCart: {
    body: {
      ...object({ product_id: { ...integer, minimum: 1 }, quantity: { ...integer, minimum: 1, default: 1 } }),
      required: ['product_id'],
    },
    ...answers(201, cartItem),
  },
  checkout: answers(201, order),
  myOrders: answers(200, pageOf(order)),
  login: {
    body: { ...object({ email: string, password: string }), required: ['email', 'password'] },
    ...answers(200, signedIn),
  },
};
