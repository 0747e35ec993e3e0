import { ProductGrid, ProductGridSkeleton } from '../catalogue/product-grid';
import { useText } from '../i18n/language';
import { usePageTitle } from '../ui/page-title';
import { QueryView } from '../ui/query-view';
import { useFavorites } from './use-favorites';
import '../../../shared/styles/catalogue.css';

export default function FavoritesPage() {
  const { t } = useText();
  const favorites = useFavorites();
  usePageTitle(t('favorites.title'));
  return (
    <>
      <h1>{t('favorites.title')}</h1>
      <QueryView query={favorites} skeleton={<ProductGridSkeleton count={4} />}>
        {({ results }) =>
          results.length > 0 ? (
            <ProductGrid products={results.map(({ product }) => product)} />
          ) : (
            <div className="empty">
              <p className="empty-title">{t('favorites.none')}</p>
              <p>{t('favorites.none.hint')}</p>
            </div>
          )
        }
      </QueryView>
    </>
  );
}
