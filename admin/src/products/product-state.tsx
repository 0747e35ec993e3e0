import type { Product } from '../api/types';
import { useI18n } from '../i18n/translate';
import { Badge } from '../ui/badge';

type Stated = Pick<Product, 'available' | 'stock' | 'on_sale'>;

export function ProductState({ product }: { product: Stated }) {
  const { t } = useI18n();
  if (product.available) return <Badge kind="good">{t('products.isOnSale')}</Badge>;
  if (product.on_sale !== false && product.stock === 0)
    return <Badge kind="warn">{t('products.isSoldOut')}</Badge>;
  return <Badge>{t('products.isOffSale')}</Badge>;
}
