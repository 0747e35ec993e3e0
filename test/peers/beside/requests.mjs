/**
 * What is sent to the product and to a peer, one after the other. `why` is the reason for an intended difference of the responses;
 * a difference that no `why` explains is a fault.
 *
 * @typedef {object} Ask
 * @property {string} name
 * @property {string} [method] GET without it
 * @property {string} path
 * @property {unknown} [body] goes as JSON
 * @property {string} [raw] goes as it is
 * @property {string} [type] of `raw`
 * @property {string} [as] who is signed in
 * @property {Partial<Record<'status' | 'shape' | 'messages', string>>} [why]
 */

const FORM = 'application/x-www-form-urlencoded';
const WORDS = { messages: 'The fields are the same, the words are the shop’s own.' };

/** @type {Ask[]} */
export const DJANGO = [
  {
    name: 'a pair of tokens',
    method: 'POST',
    path: '/api/token/',
    body: { username: 'john', password: 'password123' },
  },
  {
    name: 'a pair, username with a space behind it',
    method: 'POST',
    path: '/api/token/',
    body: { username: 'john ', password: 'password123' },
  },
  {
    name: 'a pair, as a form',
    method: 'POST',
    path: '/api/token/',
    raw: 'username=john&password=password123',
    type: FORM,
  },
  {
    name: 'a wrong password',
    method: 'POST',
    path: '/api/token/',
    body: { username: 'john', password: 'wrong' },
  },
  { name: 'no password', method: 'POST', path: '/api/token/', body: { username: 'john' }, why: WORDS },
  { name: 'a bad refresh token', method: 'POST', path: '/api/token/refresh/', body: { refresh: 'x' } },
  { name: 'no refresh token', method: 'POST', path: '/api/token/refresh/', body: {}, why: WORDS },
  { name: 'no token', path: '/api/orders/' },
  { name: 'a bad token', path: '/api/orders/', as: 'nobody' },
  { name: 'one’s orders', path: '/api/orders/', as: 'john' },
  {
    name: 'a registration',
    method: 'POST',
    path: '/api/auth/register/',
    body: { username: 'newcomer', email: 'newcomer@example.com', password: 'password123' },
  },
  {
    name: 'a registration, as a form',
    method: 'POST',
    path: '/api/auth/register/',
    raw: 'username=former&email=former%40example.com&password=password123',
    type: FORM,
  },
  { name: 'an empty registration', method: 'POST', path: '/api/auth/register/', body: {}, why: WORDS },
  {
    name: 'a name that is taken',
    method: 'POST',
    path: '/api/auth/register/',
    body: { username: 'john', email: 'another@example.com', password: 'password123' },
  },
  {
    name: 'bad values',
    method: 'POST',
    path: '/api/auth/register/',
    body: { username: '', email: 'nobody', password: 'short' },
    why: WORDS,
  },
  {
    name: 'nulls',
    method: 'POST',
    path: '/api/auth/register/',
    body: { username: null, email: null, password: null },
    why: WORDS,
  },
  {
    name: 'lists for texts',
    method: 'POST',
    path: '/api/auth/register/',
    body: { username: [], email: [], password: [] },
    why: WORDS,
  },
  {
    name: 'broken JSON',
    method: 'POST',
    path: '/api/auth/register/',
    raw: '{"username":',
    type: 'application/json',
    why: { messages: 'The shop does not quote the parser.' },
  },
  {
    name: 'no media type that is read',
    method: 'POST',
    path: '/api/auth/register/',
    raw: 'x',
    type: 'text/plain',
    why: { messages: 'The shop says which it reads.' },
  },
  { name: 'products', path: '/api/products/' },
  { name: 'the second page', path: '/api/products/?page=2&page_size=2' },
  { name: 'the last page', path: '/api/products/?page=last&page_size=7' },
  { name: 'a page past the end', path: '/api/products/?page=999' },
  { name: 'page abc', path: '/api/products/?page=abc' },
  { name: 'page 0', path: '/api/products/?page=0' },
  {
    name: 'an empty page',
    path: '/api/products/?page=',
    why: { status: 'An empty parameter is one that was not given.', shape: 'as above', messages: 'as above' },
  },
  { name: 'too large a page', path: '/api/products/?page_size=1000' },
  { name: 'page_size abc', path: '/api/products/?page_size=abc' },
  { name: 'page_size 0', path: '/api/products/?page_size=0' },
  { name: 'two pages', path: '/api/products/?page=9&page=1' },
  { name: 'an ordering', path: '/api/products/?ordering=-price,name' },
  { name: 'an ordering that there is not', path: '/api/products/?ordering=shoe_size' },
  { name: 'a range of prices', path: '/api/products/?min_price=10&max_price=' },
  { name: 'a price that is none', path: '/api/products/?min_price=cheap', why: WORDS },
  { name: 'a search', path: '/api/products/?search=a&page_size=1' },
  { name: 'an empty search', path: '/api/products/?search=' },
  { name: 'a filter that there is not', path: '/api/products/?shoe_size=44' },
  { name: 'a product', path: '/api/products/1/' },
  {
    name: 'a product that there is not',
    path: '/api/products/999999/',
    why: { messages: 'The shop says what there is not.' },
  },
  {
    name: 'a product of no id',
    path: '/api/products/undefined/',
    why: { messages: 'The shop says what there is not.' },
  },
  { name: 'HEAD of a product', method: 'HEAD', path: '/api/products/1/' },
  {
    name: 'a verb that the list has not',
    method: 'DELETE',
    path: '/api/products/',
    as: 'admin',
    why: { messages: 'The shop names the verbs that there are.' },
  },
  {
    name: 'a verb that tokens have not',
    path: '/api/token/',
    why: { messages: 'The shop names the verbs that there are.' },
  },
  {
    name: 'a product by nobody',
    method: 'POST',
    path: '/api/products/',
    body: { name: 'X', price: '1.00', stock: 1 },
  },
  {
    name: 'a new product',
    method: 'POST',
    path: '/api/products/',
    as: 'admin',
    body: { name: 'Peer', price: '1.50', stock: 1 },
  },
  {
    name: 'a new product with numbers as people type them',
    method: 'POST',
    path: '/api/products/',
    as: 'admin',
    body: { name: ' Typed ', price: ' .5 ', stock: '5.0' },
  },
  {
    name: 'a bad product',
    method: 'POST',
    path: '/api/products/',
    as: 'admin',
    body: { name: '', price: 'free', stock: -1 },
    why: WORDS,
  },
  {
    name: 'an order with a bad line',
    method: 'POST',
    path: '/api/orders/',
    as: 'john',
    body: {
      items: [
        { product: 1, quantity: 1 },
        { product: 1, quantity: 0 },
      ],
    },
    why: WORDS,
  },
  {
    name: 'an order, product by the name that Django REST gives it',
    method: 'POST',
    path: '/api/orders/',
    as: 'john',
    body: { items: [{ product: 1, quantity: 1 }] },
    why: { shape: 'A line holds product_id; product is what a body may call it.' },
  },
  {
    name: 'an order that there is not',
    path: '/api/orders/999999/',
    as: 'john',
    why: { messages: 'The shop says what there is not.' },
  },
  {
    name: 'a path of orders that is no id',
    path: '/api/orders/history/',
    as: 'john',
    why: { messages: 'The shop says what there is not.' },
  },
  {
    name: 'a path that there is not',
    path: '/api/nothing/',
    why: { shape: 'Django answers a page here, the shop JSON.', messages: 'as above' },
  },
];

const ACCOUNT = {
  name: 'Ann',
  email: 'ann@example.com',
  password: 'password123',
  password_confirmation: 'password123',
};
const V1 = '/api/v1/auth';

/** @type {Ask[]} Only what is refused: the peer is Laravel's validator, and keeps no accounts. */
export const LARAVEL = [
  ['nothing', {}],
  ['nulls', { name: null, email: null, password: null }],
  ['empty texts', { name: '', email: ' ', password: '' }],
  ['numbers', { name: 5, email: 5, password: 5 }],
  ['lists', { name: ['a'], email: ['a'], password: ['a'] }],
  ['empty lists', { name: [], email: [], password: [] }],
  ['true and false', { name: true, email: false, password: true, password_confirmation: true }],
  ['a short password', { ...ACCOUNT, password: 'short', password_confirmation: 'short' }],
  ['a password without its confirmation', { ...ACCOUNT, password_confirmation: undefined }],
  ['another confirmation', { ...ACCOUNT, password: 'short', password_confirmation: 'other' }],
  ['no address', { ...ACCOUNT, email: 'nobody' }],
  ['a long name', { ...ACCOUNT, name: 'x'.repeat(151) }],
  ...['2990-01-01', 'yesterday', '1990-02-30', '31/01/1990', '1990', 5, ['x'], '0000-00-00'].map(
    (birth_date) => [`birth date ${JSON.stringify(birth_date)}`, { ...ACCOUNT, birth_date }],
  ),
  ...['Male', 5, 'x'].map((gender) => [`gender ${JSON.stringify(gender)}`, { ...ACCOUNT, gender }]),
  ...['true', 'on', 2, ['x']].map((newsletter_subscription) => [
    `newsletter ${JSON.stringify(newsletter_subscription)}`,
    { ...ACCOUNT, newsletter_subscription },
  ]),
]
  .map(([name, body]) => ({ name: `register with ${name}`, method: 'POST', path: `${V1}/register`, body }))
  .concat([
    { name: 'login with nothing', method: 'POST', path: `${V1}/login`, body: {} },
    {
      name: 'login with lists',
      method: 'POST',
      path: `${V1}/login`,
      body: { email: ['a'], password: ['b'] },
    },
    { name: 'login with a space', method: 'POST', path: `${V1}/login`, body: { email: ' ', password: null } },
  ]);
