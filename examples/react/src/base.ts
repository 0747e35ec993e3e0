/** Where the shop lies: the app names it in the page's `<base>`; the development server has it at the root. */
export const SHOP_URL = import.meta.env.DEV ? new URL('/', location.href) : new URL(document.baseURI);

/** Where the API lies: beside the shop, unless `VITE_API_URL` says where else at build time. */
export const API_URL: string = (import.meta.env.VITE_API_URL ?? new URL('..', SHOP_URL).href).replace(
  /\/$/,
  '',
);
