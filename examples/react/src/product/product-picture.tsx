import { useMemo } from 'react';
import { thumbHashToDataURL } from 'thumbhash';
import type { Product } from '../api/generated/types.gen';
import { picturesOf } from './pictures-of';

interface Props {
  product: Product;
  /** How wide it is shown, for the browser to choose a file by. */
  sizes: string;
  /** Which of its pictures. */
  index?: number;
  /** In the first screen: asked for at once. */
  eager?: boolean;
  /** Beside its name, which a screen reader says already. */
  decorative?: boolean;
}

/** A square that is there before its picture, with the colours that the picture will have. */
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
