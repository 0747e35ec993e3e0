import { CATEGORIES, MATERIALS, PASSWORD, THINGS } from './data.mjs';

/*
 * A scenario's `act` is one unit of work of a virtual user, timed as a whole. It returns the body of the last response,
 * which `isRight` checks. `app` names the process that is measured: `live` reads every list from the database
 * (LIST_CACHE_MS=0), `delivered` runs with the default settings. `users` is the number of virtual users where the app
 * refuses more at once.
 */

const isPage = ({ results, count }) => results.length > 0 && results.length <= 20 && count >= results.length;

/** @typedef {ReturnType<typeof import('./virtual-user.mjs').openUsers>[number]} User */

/** One of the 50 pages. @param {User} user */
const list = (user) => user.get(`/api/products?page=${user.between(1, 50)}`);

/** @param {User} user */
const onePage = (user) => user.get('/api/products');

/** By category, by price or by both, over the first pages. @param {User} user */
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

/** A word of a tenth of the products, two words, or the number in the name of one. @param {User} user */
function search(user) {
  const [words, pages] = user.oneOf([
    [user.oneOf(MATERIALS), 3],
    [user.oneOf(THINGS), 3],
    [`${user.oneOf(MATERIALS)}+${user.oneOf(THINGS)}`, 1],
    [user.between(101, 999), 1],
  ]);
  return user.get(`/api/products?search=${words}&page=${user.between(1, pages)}`);
}

/** @param {User} user */
const detail = (user) => user.get(`/api/products/${user.anyProduct()}`);

/** @param {User} user */
const addToCart = (user) =>
  user.post('/api/cart', user.oneOf(user.accounts.collectors), {
    product_id: user.anyProduct(),
    quantity: 1,
  });

/** @param {User} user */
export async function purchase(
  user,
  buyer = user.oneOf(user.accounts.buyers),
  product_id = user.anyProduct(),
) {
  await user.post('/api/cart', buyer, { product_id, quantity: 1 });
  return user.post('/api/orders/checkout', buyer);
}

/** All checkouts lock the same product. @param {User} user */
const purchaseOfOneProduct = (user) => purchase(user, undefined, 1);

/** @param {User} user */
const myOrders = (user) =>
  user.get(`/api/orders/my-orders?page=${user.between(1, 2)}`, user.oneOf(user.accounts.readers));

/** @param {User} user */
const login = (user) => {
  const { email } = user.oneOf(user.accounts.readers);
  return user.post('/api/auth/login', undefined, { email, password: PASSWORD }, 200);
};

/** A mix of requests as in a shop with customers; shares in per cent. */
const MIX = [
  { share: 25, act: list },
  { share: 10, act: filteredList },
  { share: 10, act: search },
  { share: 25, act: detail },
  { share: 15, act: addToCart },
  { share: 10, act: myOrders },
  { share: 5, act: purchase },
];

/** @param {User} user */
function mixed(user) {
  let place = user.between(0, 99);
  return MIX.find(({ share }) => (place -= share) < 0).act(user);
}

const isOrder = ({ items, total }) => items.length === 1 && total === items[0].subtotal;
const isProduct = ({ images }) => images.length === 2;
const isLine = ({ id, product }) => id === product.id;
const isSignedIn = ({ access }) => access.length > 0;

const live = (title, act) => ({ title: `${title}, from the database`, app: 'live', act, isRight: isPage });
const delivered = (title, act, isRight, users) => ({ title, app: 'delivered', act, isRight, users });

export const SCENARIOS = {
  list: live('product list', list),
  filtered: live('filtered list', filteredList),
  search: live('search', search),
  rush: live('one page for everybody', onePage),
  cached: delivered('product list, at most a second old', list, isPage),
  detail: delivered('product detail, never kept', detail, isProduct),
  cart: delivered('add to cart', addToCart, isLine),
  purchase: delivered('purchase', purchase, isOrder),
  sale: delivered('purchase, everybody of the same product', purchaseOfOneProduct, isOrder),
  orders: delivered('my orders', myOrders, isPage),
  login: delivered('login', login, isSignedIn, 2),
  mixed: delivered('a mix of all', mixed, (body) => 'id' in body || isPage(body)),
};
