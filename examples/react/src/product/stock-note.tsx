import type { Product } from '../api/generated/types.gen';
import { useText } from '../i18n/language';

const FEW = 5;

/** @param quiet renders nothing while there is enough */
export function StockNote({ product, quiet = false }: { product: Product; quiet?: boolean }) {
  const { t } = useText();
  if (!product.available) return <p className="stock stock-out">{t('product.outOfStock')}</p>;
  if (product.stock <= FEW)
    return <p className="stock stock-few">{t('product.lastOnes', { count: product.stock })}</p>;
  return quiet ? null : <p className="stock">{t('product.inStock')}</p>;
}
