import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Link, useParams } from 'react-router';
import { ApiError } from '../api/api-error';
import { useStockEvents } from '../api/events';
import { getProductOptions, getProductQueryKey } from '../api/generated/@tanstack/react-query.gen';
import type { Product } from '../api/generated/types.gen';
import { FavoriteButton } from '../favorites/favorite-button';
import { useText } from '../i18n/language';
import { usePageTitle } from '../ui/page-title';
import { QueryView } from '../ui/query-view';
import { AddToCart } from './add-to-cart';
import { picturesOf } from './pictures-of';
import { ProductPicture } from './product-picture';
import { RelatedProducts } from './related-products';
import { StockNote } from './stock-note';
import '../../../shared/styles/product.css';

export default function ProductPage() {
  const { t } = useText();
  const { slug = '' } = useParams();
  const queryClient = useQueryClient();
  const query = useQuery(getProductOptions({ path: { id: slug } }));
  useStockEvents(
    query.data?.id,
    (stock) =>
      queryClient.setQueryData<Product>(
        getProductQueryKey({ path: { id: slug } }),
        (product) => product && { ...product, ...stock },
      ),
    () => void query.refetch(),
  );
  usePageTitle(query.data?.name ?? t('state.loading'));

  if (query.error instanceof ApiError && query.error.status === 404) return <Missing />;
  return (
    <QueryView query={query} skeleton={<Skeleton />}>
      {(product) => <ProductDetails key={product.id} product={product} />}
    </QueryView>
  );
}

function ProductDetails({ product }: { product: Product }) {
  const { t, price } = useText();
  return (
    <>
      <nav className="breadcrumb">
        <Link to="/">{t('product.back')}</Link>
        {product.category && (
          <>
            {' / '}
            <Link to={`/?category=${encodeURIComponent(product.category)}`}>{product.category}</Link>
          </>
        )}
      </nav>
      <article className="product">
        <Gallery product={product} />
        <div className="product-text">
          <h1>{product.name}</h1>
          <p className="product-price">{price(product.price)}</p>
          <StockNote product={product} />
          <p className="product-description">{product.description}</p>
          <div className="product-actions">
            <AddToCart product={product} />
            <FavoriteButton product={product} />
          </div>
        </div>
      </article>
      <RelatedProducts product={product} />
    </>
  );
}

function Gallery({ product }: { product: Product }) {
  const { t } = useText();
  const [shown, setShown] = useState(0);
  const pictures = picturesOf(product);
  const count = pictures.length;
  return (
    <div className="gallery" role="group" aria-label={t('product.pictures', { name: product.name })}>
      <ProductPicture product={product} index={shown} sizes="(max-width: 760px) 94vw, 560px" eager />
      {count > 1 && (
        <ul className="thumbnails">
          {pictures.map(({ src }, index) => (
            <li key={src}>
              <button
                type="button"
                aria-label={t('product.picture', { number: index + 1, count })}
                aria-current={index === shown}
                onClick={() => setShown(index)}
              >
                <ProductPicture product={product} index={index} sizes="80px" decorative />
              </button>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

function Missing() {
  const { t } = useText();
  return (
    <div className="empty">
      <h1>{t('product.missing')}</h1>
      <Link to="/" className="button">
        {t('product.back')}
      </Link>
    </div>
  );
}

function Skeleton() {
  return (
    <div className="product" aria-hidden="true">
      <div className="picture skeleton" />
      <div className="product-text">
        <p className="skeleton skeleton-title" />
        <p className="skeleton skeleton-line skeleton-short" />
        <p className="skeleton skeleton-line" />
        <p className="skeleton skeleton-line" />
      </div>
    </div>
  );
}
