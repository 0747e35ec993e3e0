/** Models with a screen of their own for one row. */
const OWN_SCREENS = ['products', 'orders', 'users'];

export function rowAddress(model: string, id: string | number): string {
  return OWN_SCREENS.includes(model) ? `/${model}/${id}` : `/models/${model}/${encodeURIComponent(id)}`;
}
