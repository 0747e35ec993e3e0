import { invalidField } from '../http/problem.js';
import type { PictureDto } from './pictures.dto.js';
import type { NewPicture, WantedPicture } from './pictures.repository.js';

/** The pictures in a body: addresses of those that stay, null for none. */
export interface NamedPictures {
  image?: string | null;
  images?: string[] | null;
}

/** The uploaded files of the body, already stored. */
export interface UploadedPictures {
  image?: NewPicture;
  images: NewPicture[];
}

const UNKNOWN = 'must be a file, or the address of a picture that the product has';

/**
 * The wanted gallery. `images` lists all pictures, `image` only the first one, which a new one replaces.
 *
 * @returns undefined when the gallery does not change
 * @throws Problem 400 for an address that the product does not have
 */
export function wantedPictures(
  shown: PictureDto[],
  named: NamedPictures,
  uploaded: UploadedPictures,
): WantedPicture[] | undefined {
  const isListed = named.images !== undefined || uploaded.images.length > 0;
  if (!isListed && named.image === undefined && uploaded.image === undefined) return undefined;

  const others: WantedPicture[] = isListed
    ? [...(named.images ?? []).map((address) => at(address, shown, 'images')), ...uploaded.images]
    : shown;
  const but = (id: number | undefined) => others.filter((picture) => !('id' in picture) || picture.id !== id);
  if (uploaded.image !== undefined) {
    return [uploaded.image, ...(isListed ? others : but(shown[0]?.id))];
  }
  if (named.image === undefined) return others;
  if (named.image === null) return but(shown[0]?.id);
  const first = at(named.image, shown, 'image');
  return [first, ...but(first.id)];
}

function at(address: string, shown: PictureDto[], field: string): PictureDto {
  const picture = shown.find(({ src }) => src === address || new URL(src).pathname === address);
  if (!picture) throw invalidField(field, `${field} ${UNKNOWN}`);
  return picture;
}
