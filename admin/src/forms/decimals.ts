/** What people type: `1 234,50`, `12.5`. @returns it with a decimal point, as the API takes it */
export function readDecimal(text: string): string {
  return text.replace(/\s/g, '').replace(',', '.').replace(/\.$/, '');
}
