/** What the files of a picture are called: two digits of its hash as a folder, its hash, and the width. */
export function namesOf({ hash, widths }: { hash: string; widths: number[] }): string[] {
  const name = (ending: string) => `${hash.slice(0, 2)}/${hash}-${ending}`;
  return [...widths.map((width) => name(`${width}.webp`)), name(`${widths.at(-1)!}.jpg`)];
}

export const PICTURE_NAME = /^[0-9a-f]{2}\/[0-9a-f]{32}-\d{1,4}\.(webp|jpg)$/;

export function mimeTypeOf(name: string): string {
  return name.endsWith('.jpg') ? 'image/jpeg' : 'image/webp';
}
