import { Link } from 'react-router';
import type { Product } from '../api/generated/types.gen';
import { FavoriteButton } from '../favorites/favorite-button';
import { useText } from '../i18n/language';
import { ProductPicture } from '../product/product-picture';
import { StockNote } from '../product/stock-note';

export function ProductCard({ product, eager = false }: { product: Product; eager?: boolean }) {
  const { price } = useText();
  return (
    <article className="card" data-unavailable={!product.available}>
      <ProductPicture
        product={product}
        sizes="(max-width: 500px) 46vw, (max-width: 900px) 30vw, 260px"
        eager={eager}
        decorative
      />
      <h3 className="card-name">
        <Link to={`/products/${product.slug}`}>{product.name}</Link>
      </h3>
      <p className="card-price">{price(product.price)}</p>
      <StockNote product={product} quiet />
      <FavoriteButton product={product} />
    </article>
  );
}
