import { useMemo } from 'react';
import { thumbHashToDataURL } from 'thumbhash';
import type { Product } from '../api/generated/types.gen';
import { picturesOf } from './pictures-of';

interface Props {
  product: Product;
  /** Its width on the screen, by which the browser chooses a file. */
  sizes: string;
  /** The index of the picture. */
  index?: number;
  /** Visible at once: loaded without delay. */
  eager?: boolean;
  /** Shown beside the product's name, so that it needs no alternative text. */
  decorative?: boolean;
}

/** A square of the picture's size, with its colours as a placeholder. */
export function ProductPicture({ product, sizes, index = 0, eager = false, decorative = false }: Props) {
  const picture = picturesOf(product)[index];
  const placeholder = useMemo(() => backgroundOf(picture?.placeholder), [picture?.placeholder]);
  if (!picture) return <div className="picture" />;
  return (
    <div className="picture" style={{ backgroundImage: placeholder }}>
      <picture>
        {picture.srcset && <source type="image/webp" srcSet={picture.srcset.webp} sizes={sizes} />}
        <img
          src={picture.src}
          srcSet={picture.srcset?.jpeg}
          sizes={sizes}
          alt={decorative ? '' : picture.alt || product.name}
          width={picture.width}
          height={picture.height}
          loading={eager ? 'eager' : 'lazy'}
          decoding="async"
        />
      </picture>
    </div>
  );
}

function backgroundOf(thumbHash: string | undefined): string | undefined {
  if (!thumbHash) return undefined;
  return `url(${thumbHashToDataURL(Uint8Array.from(atob(thumbHash), (character) => character.charCodeAt(0)))})`;
}
