import type { Picture, Product } from '../api/generated/types.gen';

type ShownPicture = Pick<Picture, 'src' | 'alt'> & Partial<Picture>;

/** Uploaded pictures, in several widths; otherwise external ones, of which the shop has only the address. */
export function picturesOf({ pictures, images }: Product): ShownPicture[] {
  return pictures.length > 0 ? pictures : images.map((src) => ({ src, alt: '' }));
}
