import { MOST_PICTURES } from '../products/pictures.dto.js';
import { type ImportNote, importNote } from './import-note.js';

/** A picture as a file names it. */
export interface NamedPicture {
  /** Its address, or the name of its file. */
  address: string;
  alt: string;
}

/** Removes duplicates, and cuts the list to the most pictures of a product. */
export function boundedPictures(pictures: NamedPicture[], notes: ImportNote[]): NamedPicture[] {
  const named = new Map<string, NamedPicture>();
  for (const picture of pictures) {
    if (picture.address && !named.has(picture.address)) named.set(picture.address, picture);
  }
  if (named.size > MOST_PICTURES) notes.push(importNote('pictures_over', { max: MOST_PICTURES }));
  return [...named.values()].slice(0, MOST_PICTURES);
}
