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
} from './generated/shop';

/** As in the fetch client's types: the status determines the type of the body. */
function only<Answer extends { status: number; data: unknown }, Status extends Answer['status']>(
  answer: Answer,
  status: Status,
): Extract<Answer, { status: Status }>['data'] {
  if (answer.status !== status) throw new Error(`${answer.status}: ${JSON.stringify(answer.data)}`);
  return answer.data as Extract<Answer, { status: Status }>['data'];
}

export async function buy({ url, customer, admin, picture, search, quantity }: Purchase): Promise<Receipt> {
  const { fetch } = globalThis;
  // Without `baseUrl` in its configuration the client uses the page's origin; a program has none.
  globalThis.fetch = (path, options) => fetch(new URL(String(path), url), options);
  const signedIn = only(await signIn(customer), 200);
  const options = { headers: { Authorization: `Bearer ${signedIn.access}` } };

  const products = only(await listProducts({ search, page: 1 }), 200);
  const product = found(products.results[0]);
  const item = only(await addCartItem({ product_id: product.id, quantity }, options), 201);
  const cart = only(await getCart(options), 200);
  const order = only(await checkout({ expected_total: cart.total }, options), 201);
  const mine = only(await listMyOrders({}, options), 200);
  const keeper = only(await signIn(admin), 200);
  const ofKeeper = { headers: { Authorization: `Bearer ${keeper.access}` } };
  const uploaded = only(await uploadPicture(product.id, { image: picture }, ofKeeper), 201);
  const refused = await register(REFUSED_REGISTRATION);
  const problem = only(refused, 400);
  return {
    gender: signedIn.user.gender,
    unitPrice: item.unit_price,
    cartTotal: cart.total,
    order,
    picture: found(uploaded.results[0]),
    myOrders: mine.results.map(({ id }) => id),
    refused: { status: refused.status, code: problem.code, errors: found(problem.errors) },
  };
}
