/** The app writes the admin's path into the page's `<base>`; Vite's development server does not. */
const base = new URL(document.querySelector('base')?.href ?? `${location.origin}/`);

/** The router's base path, without a slash at the end. */
export const BASENAME = base.pathname.replace(/\/$/, '');

export function apiUrl(path: string): string {
  return new URL(`../api${path}`, base).href;
}

/** The address of a file below `/media/`. */
export function mediaUrl(file: string): string {
  return new URL(`../media/${file}`, base).href;
}

/** A picture's address on the host of this page, which may differ from the one in `PUBLIC_URL`. */
export function pictureUrl(address: string): string {
  const [, file] = /^https?:\/\/[^?#]*?\/media\/(.*)$/.exec(address) ?? [];
  return file ? mediaUrl(file) : address;
}
