/** The app names in the page's base where it serves the admin; Vite's development server names none. */
const base = new URL(document.querySelector('base')?.href ?? `${location.origin}/`);

/** What the router's paths are below, without a slash at its end. */
export const BASENAME = base.pathname.replace(/\/$/, '');

export function apiUrl(path: string): string {
  return new URL(`../api${path}`, base).href;
}

/** Of a file below `/media/`. */
export function mediaUrl(file: string): string {
  return new URL(`../media/${file}`, base).href;
}

/** A picture by the host that this page came from, which need not be the one in `PUBLIC_URL`. */
export function pictureUrl(address: string): string {
  const [, file] = /^https?:\/\/[^?#]*?\/media\/(.*)$/.exec(address) ?? [];
  return file ? mediaUrl(file) : address;
}
