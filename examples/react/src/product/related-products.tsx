import { useQuery } from '@tanstack/react-query';
import { listProductsOptions } from '../api/generated/@tanstack/react-query.gen';
import type { Product } from '../api/generated/types.gen';
import { ProductGrid } from '../catalogue/product-grid';
import { useText } from '../i18n/language';

const SHOWN = 4;

export function RelatedProducts({ product }: { product: Product }) {
  const { t } = useText();
  const { category } = product;
  const { data } = useQuery({
    ...listProductsOptions({ query: { category: category ?? '', available: true, page_size: SHOWN + 1 } }),
    enabled: category !== null,
  });
  const others = data?.results.filter(({ id }) => id !== product.id).slice(0, SHOWN) ?? [];
  if (!category || others.length === 0) return null;
  return (
    <section className="related">
      <h2>{t('product.more', { category })}</h2>
      <ProductGrid products={others} />
    </section>
  );
}
