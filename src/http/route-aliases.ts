/**
 * Route aliases, which the frontends of the five contracts (`docs/contracts/`) use. The URL of every request is rewritten
 * to its canonical `/api/...` form before it is routed.
 */
const ALIASES = new Map(
  Object.entries({
    'POST /api/auth/signup': '/api/auth/register',
    'POST /api/users/register': '/api/auth/register',
    'POST /api/register': '/api/auth/register',
    'POST /api/auth/token': '/api/auth/login',
    'POST /api/token': '/api/auth/login',
    'POST /api/login': '/api/auth/login',
    'POST /api/token/refresh': '/api/auth/token/refresh',
    'POST /api/cart/add': '/api/cart',
    'POST /api/cart/checkout': '/api/orders/checkout',
    'POST /api/orders/create': '/api/orders',
  }),
);

const HAS_ITS_PREFIX = /^\/(api|media|dev|admin|shop|welcome)(\/|$)/;

/**
 * The canonical form of a URL: without doubled and trailing slashes, with the prefix `/api`, and without aliases.
 *
 * @param method HTTP method in capitals
 * @param url path and query as the client sent them
 * @param publicPath path of PUBLIC_URL: removed from the beginning of the URL, unless a proxy has done it
 */
export function canonicalUrl(method: string, url: string, publicPath = ''): string {
  const queryAt = url.indexOf('?');
  const query = queryAt === -1 ? '' : url.slice(queryAt);
  let path = queryAt === -1 ? url : url.slice(0, queryAt);
  if (!path.startsWith('/')) return url;

  if (path.includes('//')) path = path.replace(/\/{2,}/g, '/');
  if (path.endsWith('/')) path = path.slice(0, -1);
  if (publicPath && `${path}/`.startsWith(`${publicPath}/`)) path = path.slice(publicPath.length);
  if (!HAS_ITS_PREFIX.test(path)) path = `/api${path}`;
  return (ALIASES.get(`${method} ${path}`) ?? path) + query;
}

/** Whether a URL, as the client sent it, is the root of the shop. */
export function isRoot(url: string, publicPath = ''): boolean {
  const path = url.replace(/\?.*/s, '').replace(/\/+$/, '');
  return path === '' || path === publicPath;
}

/** The aliases of a canonical route, for the documentation. */
export function aliasesOf(method: string, path: string): string[] {
  return [...ALIASES]
    .filter(([alias, target]) => target === path && alias.startsWith(`${method} `))
    .map(([alias]) => alias.slice(method.length + 1));
}
