import { CATEGORIES, MATERIALS, PASSWORD, THINGS } from './servers.mjs';

/*
 * A scenario's `act` is one unit of work of a virtual user, timed as a whole. It returns the body of the last response. `app`
 * names the process that is measured: `live` reads every list from the database (LIST_CACHE_MS=0), `delivered` runs with
 * the default settings. `users` is the number of virtual users where the app refuses more at once.
 */

/** One of the 50 pages. */
const list = (user) => user.get(`/api/products?page=${user.between(1, 50)}`);

const onePage = (user) => user.get('/api/products');

/** By category, by price or by both, over the first pages. */
function filteredList(user) {
  const category = `category=${user.oneOf(CATEGORIES)}`;
  const price = `max_price=${user.between(250, 500)}&ordering=${user.oneOf(['price', '-price'])}`;
  const [filter, pages] = user.oneOf([
    [category, 5],
    [price, 10],
    [`${category}&${price}`, 2],
  ]);
  return user.get(`/api/products?${filter}&page=${user.between(1, pages)}`);
}

/** A word of a tenth of the products, two words, or the number in the name of one. */
function search(user) {
  const [words, pages] = user.oneOf([
    [user.oneOf(MATERIALS), 3],
    [user.oneOf(THINGS), 3],
    [`${user.oneOf(MATERIALS)}+${user.oneOf(THINGS)}`, 1],
    [user.between(101, 999), 1],
  ]);
  return user.get(`/api/products?search=${words}&page=${user.between(1, pages)}`);
}

const detail = (user) => user.get(`/api/products/${user.anyProduct()}`);

const addToCart = (user) =>
  user.post('/api/cart', user.oneOf(user.accounts.collectors), {
    product_id: user.anyProduct(),
    quantity: 1,
  });

export async function purchase(
  user,
  buyer = user.oneOf(user.accounts.buyers),
  product_id = user.anyProduct(),
) {
  await user.post('/api/cart', buyer, { product_id, quantity: 1 });
  return user.post('/api/orders/checkout', buyer);
}

/** All checkouts lock the same product. */
const purchaseOfOneProduct = (user) => purchase(user, undefined, 1);

const myOrders = (user) =>
  user.get(`/api/orders/my-orders?page=${user.between(1, 2)}`, user.oneOf(user.accounts.readers));

const login = (user) => {
  const { email } = user.oneOf(user.accounts.readers);
  return user.post('/api/auth/login', undefined, { email, password: PASSWORD }, 200);
};

/** A mix of requests as in a shop with customers. */
const MIX = [
  [list, list, list, list, list, filteredList, filteredList, search, search],
  [detail, detail, detail, detail, detail, addToCart, addToCart, addToCart],
  [myOrders, myOrders, purchase],
].flat();
const mixed = (user) => user.oneOf(MIX)(user);

const live = (title, act) => ({ title: `${title}, from the database`, app: 'live', act });
const delivered = (title, act, users) => ({ title, app: 'delivered', act, users });

export const SCENARIOS = {
  list: live('product list', list),
  filtered: live('filtered list', filteredList),
  search: live('search', search),
  rush: live('one page for everybody', onePage),
  cached: delivered('product list, at most a second old', list),
  detail: delivered('product detail, never kept', detail),
  cart: delivered('add to cart', addToCart),
  purchase: delivered('purchase', purchase),
  sale: delivered('purchase, everybody of the same product', purchaseOfOneProduct),
  orders: delivered('my orders', myOrders),
  login: delivered('login', login, 2),
  mixed: delivered('a mix of all', mixed),
};
