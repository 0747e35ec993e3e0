import { useI18n } from '../i18n/translate';
import { Badge } from '../ui/badge';

interface ProductStateProps {
  isOnSale: boolean;
  stock: number;
  isDeleted?: boolean;
}

export function ProductState({ isOnSale, stock, isDeleted }: ProductStateProps) {
  const { t } = useI18n();
  if (isDeleted) return <Badge kind="bad">{t('products.isDeleted')}</Badge>;
  if (!isOnSale) return <Badge>{t('products.isOffSale')}</Badge>;
  return stock > 0 ? (
    <Badge kind="good">{t('products.isOnSale')}</Badge>
  ) : (
    <Badge kind="warn">{t('products.isSoldOut')}</Badge>
  );
}
