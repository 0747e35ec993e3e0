import { CATEGORIES, PASSWORD, SEARCH_WORDS } from './data.mjs';

/**
 * What shoppers do. `act` is one unit of work, timed as a whole, that returns the last answer; `isRight` says
 * whether its body is what was asked for. `app` names the process of the app that is measured: `live` asks the
 * database for every list, `cached` keeps lists as it is delivered.
 */
const isFullPage = ({ results, count }) => results.length === 20 && count >= results.length;

/** @param {import('./shopper.mjs').Shopper} shopper */
const list = (shopper) => shopper.get('/api/products');

/** @param {import('./shopper.mjs').Shopper} shopper */
const filteredList = (shopper) =>
  shopper.get(
    `/api/products?category=${shopper.oneOf(CATEGORIES)}&max_price=${shopper.between(250, 500)}&ordering=price`,
  );

/** @param {import('./shopper.mjs').Shopper} shopper */
const search = (shopper) => shopper.get(`/api/products?search=${shopper.oneOf(SEARCH_WORDS)}`);

/** @param {import('./shopper.mjs').Shopper} shopper */
const detail = (shopper) => shopper.get(`/api/products/${shopper.anyProduct()}`);

/** @param {import('./shopper.mjs').Shopper} shopper */
const addToCart = (shopper) =>
  shopper.post('/api/cart', shopper.any('collectors'), { product_id: shopper.anyProduct(), quantity: 1 });

/** @param {import('./shopper.mjs').Shopper} shopper */
export async function purchase(shopper, buyer = shopper.any('buyers'), product_id = shopper.anyProduct()) {
  await shopper.post('/api/cart', buyer, { product_id, quantity: 1 });
  return shopper.post('/api/orders/checkout', buyer);
}

/** All want the same: the checkouts wait for one row. @param {import('./shopper.mjs').Shopper} shopper */
const sale = (shopper) => purchase(shopper, shopper.any('buyers'), 1);

/** @param {import('./shopper.mjs').Shopper} shopper */
const myOrders = (shopper) => shopper.get('/api/orders/my-orders', shopper.any('readers'));

/** @param {import('./shopper.mjs').Shopper} shopper */
const login = (shopper) => {
  const { email } = shopper.any('readers');
  return shopper.post('/api/auth/login', undefined, { email, password: PASSWORD }, 200);
};

/** What a shop with customers in it sees: each act as often as its share of a hundred says. */
const MIX = [
  { share: 25, act: list },
  { share: 10, act: filteredList },
  { share: 10, act: search },
  { share: 25, act: detail },
  { share: 15, act: addToCart },
  { share: 10, act: myOrders },
  { share: 5, act: purchase },
];

/** @param {import('./shopper.mjs').Shopper} shopper */
function mixed(shopper) {
  let place = shopper.between(0, 99);
  return MIX.find(({ share }) => (place -= share) < 0).act(shopper);
}

export const WORKLOADS = {
  list: { title: 'list', app: 'live', act: list, isRight: isFullPage },
  'list-cached': { title: 'list, cached', app: 'cached', act: list, isRight: isFullPage },
  filtered: { title: 'filtered list', app: 'live', act: filteredList, isRight: isFullPage },
  search: { title: 'search', app: 'live', act: search, isRight: isFullPage },
  detail: {
    title: 'detail',
    app: 'cached',
    act: detail,
    isRight: ({ id, images }) => id > 0 && images.length === 2,
  },
  cart: {
    title: 'add to cart',
    app: 'cached',
    act: addToCart,
    isRight: ({ id, product }) => id === product.id,
  },
  purchase: {
    title: 'purchase',
    app: 'cached',
    act: purchase,
    isRight: ({ items, total }) => items.length === 1 && total === items[0].subtotal,
  },
  sale: {
    title: 'one product',
    app: 'cached',
    act: sale,
    isRight: ({ items }) => items.length === 1 && items[0].product_id === 1,
  },
  orders: {
    title: 'my orders',
    app: 'cached',
    act: myOrders,
    isRight: (page) => isFullPage(page) && page.results[0].items.length > 0,
  },
  login: {
    title: 'login',
    app: 'cached',
    act: login,
    isRight: ({ access, user }) => Boolean(access && user.email),
  },
  mixed: { title: 'mixed', app: 'cached', act: mixed, isRight: (answer) => Object.keys(answer).length > 0 },
};
