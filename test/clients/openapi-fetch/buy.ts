import createClient from 'openapi-fetch';
import { found, type Purchase, type Receipt, REFUSED_REGISTRATION } from '../purchase';
import type { paths } from './generated/api';

export async function buy({ url, customer, admin, picture, search, quantity }: Purchase): Promise<Receipt> {
  const shop = createClient<paths>({ baseUrl: url });
  const signedIn = found((await shop.POST('/api/auth/login', { body: customer })).data);
  const headers = { Authorization: `Bearer ${signedIn.access}` };

  const products = found((await shop.GET('/api/products', { params: { query: { search, page: 1 } } })).data);
  const product = found(products.results[0]);
  const item = found(
    (await shop.POST('/api/cart', { headers, body: { product_id: product.id, quantity } })).data,
  );
  const cart = found((await shop.GET('/api/cart', { headers })).data);
  const order = found(
    (await shop.POST('/api/orders/checkout', { headers, body: { expected_total: cart.total } })).data,
  );
  const mine = found((await shop.GET('/api/orders/my-orders', { headers })).data);
  const keeper = found((await shop.POST('/api/auth/login', { body: admin })).data);
  const uploaded = await shop.POST('/api/products/{id}/images', {
    headers: { Authorization: `Bearer ${keeper.access}` },
    params: { path: { id: product.id } },
    body: { image: picture as unknown as string }, // openapi-typescript calls a file a string
    bodySerializer: (form) => {
      const data = new FormData();
      for (const [name, value] of Object.entries(form)) data.append(name, value);
      return data;
    },
  });
  const { error, response } = await shop.POST('/api/auth/register', { body: REFUSED_REGISTRATION });
  return {
    gender: signedIn.user.gender,
    unitPrice: item.unit_price,
    cartTotal: cart.total,
    order,
    picture: found(uploaded.data?.results[0]),
    myOrders: mine.results.map(({ id }) => id),
    refused: { status: response.status, code: found(error).code, errors: found(error?.errors) },
  };
}
