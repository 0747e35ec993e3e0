import { found, type Purchase, type Receipt, REFUSED_REGISTRATION } from '../purchase';
import {
  addCartItem,
  checkout,
  getCart,
  listMyOrders,
  listProducts,
  register,
  signIn,
  uploadPicture,
} from './generated';
import { client } from './generated/client.gen';

export async function buy({ url, customer, admin, picture, search, quantity }: Purchase): Promise<Receipt> {
  client.setConfig({ baseUrl: url });
  const signedIn = found((await signIn({ body: customer })).data);
  client.setConfig({ auth: () => signedIn.access });

  const products = found((await listProducts({ query: { search, page: 1 } })).data);
  const product = found(products.results[0]);
  const item = found((await addCartItem({ body: { product_id: product.id, quantity } })).data);
  const cart = found((await getCart()).data);
  const order = found((await checkout({ body: { expected_total: cart.total } })).data);
  const mine = found((await listMyOrders()).data);
  const keeper = found((await signIn({ body: admin })).data);
  const uploaded = await uploadPicture({
    auth: keeper.access,
    path: { id: product.id },
    body: { image: picture },
  });
  const { error, response } = await register({ body: REFUSED_REGISTRATION });
  return {
    gender: signedIn.user.gender,
    unitPrice: item.unit_price,
    cartTotal: cart.total,
    order,
    picture: found(uploaded.data?.results[0]),
    myOrders: mine.results.map(({ id }) => id),
    refused: { status: found(response).status, code: found(error).code, errors: found(error?.errors) },
  };
}
