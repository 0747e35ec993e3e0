import { aliasesOf, canonicalUrl } from './route-aliases.js';

describe('canonicalUrl', () => {
  it.each([
    ['GET', '/api/products', '/api/products'],
    ['GET', '/api/products/', '/api/products'],
    ['GET', '/api//products/', '/api/products'],
    ['GET', '//api///products///', '/api/products'],
    ['GET', '/products', '/api/products'],
    ['GET', '/products/7/', '/api/products/7'],
    ['GET', '/', '/api'],
    ['GET', '//', '/api'],
    ['GET', '', ''],
    ['GET', '/api', '/api'],
    ['GET', '/api/', '/api'],
    ['GET', '/apiary', '/api/apiary'],
    ['GET', '/api/api/products', '/api/api/products'],
    ['GET', '/media/demo/x.webp', '/media/demo/x.webp'],
    ['GET', '/mediated', '/api/mediated'],
    ['GET', '*', '*'],
  ])('%s %s → %s', (method, url, canonical) => {
    expect(canonicalUrl(method, url)).toBe(canonical);
  });

  it.each([
    ['/products/?a=1', '/api/products?a=1'],
    ['/products?next=//elsewhere//', '/api/products?next=//elsewhere//'],
    ['/?/products/', '/api?/products/'],
    ['/cart/add/?x', '/api/cart?x'],
    ['/products?', '/api/products?'],
  ])('does not change the query of %s', (url, canonical) => {
    expect(canonicalUrl('POST', url)).toBe(canonical);
  });

  it.each([
    ['/auth/signup/', '/api/auth/register'],
    ['/api/users/register/', '/api/auth/register'],
    ['/register', '/api/auth/register'],
    ['/api/auth/token', '/api/auth/login'],
    ['/api/token/', '/api/auth/login'],
    ['/login', '/api/auth/login'],
    ['/api//token//refresh/', '/api/auth/token/refresh'],
    ['/cart/add/', '/api/cart'],
    ['/cart/checkout', '/api/orders/checkout'],
    ['/orders/create/', '/api/orders'],
  ])('rewrites POST %s to %s', (url, canonical) => {
    expect(canonicalUrl('POST', url)).toBe(canonical);
  });

  it('depends on the method: an alias has one method', () => {
    expect(canonicalUrl('GET', '/cart/add')).toBe('/api/cart/add');
    expect(canonicalUrl('DELETE', '/login')).toBe('/api/login');
  });

  it.each([
    ['/shop/products', '/api/products'],
    ['/shop/api/products/?x=/shop/', '/api/products?x=/shop/'],
    ['//shop//', '/api'],
    ['/products', '/api/products'],
    ['/shopping', '/api/shopping'],
    ['/shop/cart/add', '/api/cart'],
  ])('removes the path of PUBLIC_URL from %s where that is a route', (url, canonical) => {
    expect(canonicalUrl('POST', url, '/shop')).toBe(canonical);
  });

  it('takes no longer for many slashes', () => {
    expect(canonicalUrl('GET', `${'/'.repeat(100_000)}x${'/'.repeat(100_000)}`)).toBe('/api/x');
  });

  it('does not change a canonical address', () => {
    for (const url of ['/products//', '/cart/add', '//login/?x=//', '/']) {
      const once = canonicalUrl('POST', url);
      expect(canonicalUrl('POST', once)).toBe(once);
    }
  });
});

it('aliasesOf returns the other addresses of a route', () => {
  expect(aliasesOf('POST', '/api/auth/login')).toEqual(['/api/auth/token', '/api/token', '/api/login']);
  expect(aliasesOf('GET', '/api/auth/login')).toEqual([]);
});
