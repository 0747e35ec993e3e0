/** The names of a picture's files: two digits of its hash as a folder, then hash and width. */
export function namesOf({ hash, widths }: { hash: string; widths: number[] }): string[] {
  const name = (ending: string) => `${hash.slice(0, 2)}/${hash}-${ending}`;
  return [...widths.map((width) => name(`${width}.webp`)), name(`${widths.at(-1)!}.jpg`)];
}

export const PICTURE_NAME = /^[0-9a-f]{2}\/[0-9a-f]{32}-\d{1,4}\.(webp|jpg)$/;

/** The hash of a picture, by the path or URL of one of its files; undefined for other files. */
export function hashIn(address: string): string | undefined {
  const name = address.split('/').slice(-2).join('/');
  return PICTURE_NAME.test(name) ? name.slice(3, 35) : undefined;
}

export function mimeTypeOf(name: string): string {
  return name.endsWith('.jpg') ? 'image/jpeg' : 'image/webp';
}
