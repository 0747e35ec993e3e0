import type { Product } from '../api/generated/types.gen';

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

/** A square that is there before its picture. */
export function ProductPicture({ product, sizes, index = 0, eager = false, decorative = false }: Props) {
  const src = product.images[index];
  return (
    <div className="picture">
      {src && (
        <img
          src={src}
          sizes={sizes}
          alt={decorative ? '' : product.name}
          width="800"
          height="800"
          loading={eager ? 'eager' : 'lazy'}
          decoding="async"
        />
      )}
    </div>
  );
}
