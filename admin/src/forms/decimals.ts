/** Parses an amount as users type it: `1 234,50`, `12.5`. @returns it with a decimal point, as the API expects it */
export function readDecimal(text: string): string {
  return text.replace(/\s/g, '').replace(',', '.').replace(/\.$/, '');
}
