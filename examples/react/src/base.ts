/** The shop's path: the app writes it into the page's `<base>`; the development server uses the root. */
export const SHOP_URL = import.meta.env.DEV ? new URL('/', location.href) : new URL(document.baseURI);

/** The API's address: the shop's own origin, unless `VITE_API_URL` is set at build time. */
export const API_URL: string = (import.meta.env.VITE_API_URL ?? new URL('..', SHOP_URL).href).replace(
  /\/$/,
  '',
);
