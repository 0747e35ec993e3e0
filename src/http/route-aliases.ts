/**
 * Five frontends know the same routes by different addresses. This is the one place that says which:
 * every request is rewritten to its canonical `/api/...` form before it is routed.
 */
const ALIASES: Record<string, string> = {
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
};

const HAS_ITS_PREFIX = /^\/(api|media|dev|admin|shop|welcome)(\/|$)/;

/**
 * Doubled and trailing slashes go, the bare root leads into `/api`, an alias into its handler.
 *
 * @param method HTTP method in capitals
 * @param url path and query as the client sent them
 * @param publicPath goes as well where it leads: of PUBLIC_URL, which a proxy may or may not have taken off
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
  return (ALIASES[`${method} ${path}`] ?? path) + query;
}

/** Whether an address, as the client sent it, is the root of the shop. */
export function isRoot(url: string, publicPath = ''): boolean {
  const path = url.replace(/\?.*/s, '').replace(/\/+$/, '');
  return path === '' || path === publicPath;
}

/** The other addresses of a canonical route, for its documentation. */
export function aliasesOf(method: string, path: string): string[] {
  return Object.entries(ALIASES)
    .filter(([alias, target]) => target === path && alias.startsWith(`${method} `))
    .map(([alias]) => alias.slice(method.length + 1));
}
