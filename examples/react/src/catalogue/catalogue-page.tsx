import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { listProductsOptions } from '../api/generated/@tanstack/react-query.gen';
import { useText } from '../i18n/language';
import { usePageTitle } from '../ui/page-title';
import { QueryView } from '../ui/query-view';
import { Filters } from './filters';
import { Hero } from './hero';
import { isFiltered, listQueryOf, pagesOf, useListState } from './list-state';
import { OrderingSelect } from './ordering-select';
import { Pages } from './pages';
import { ProductGrid, ProductGridSkeleton } from './product-grid';
import { Link } from 'react-router';
import '../../../shared/styles/catalogue.css';

export function CataloguePage() {
  const { t } = useText();
  const { state, linkTo } = useListState();
  const query = useQuery({
    ...listProductsOptions({ query: listQueryOf(state) }),
    placeholderData: keepPreviousData,
  });
  const isFirstPage = !isFiltered(state) && state.page === 1;
  usePageTitle(isFirstPage ? t('shop.tagline') : t('catalogue.title'));

  return (
    <>
      {isFirstPage && <Hero products={query.data?.results} />}
      <div className="catalogue">
        <Filters />
        <section className="catalogue-list" aria-busy={query.isPlaceholderData}>
          <div className="catalogue-head">
            <h2>
              {isFiltered(state) ? (
                <Found count={query.data?.count} search={state.search} />
              ) : (
                t('catalogue.title')
              )}
            </h2>
            <OrderingSelect />
          </div>
          <QueryView query={query} skeleton={<ProductGridSkeleton />}>
            {({ results, count }) =>
              results.length > 0 ? (
                <>
                  <ProductGrid products={results} />
                  <Pages page={state.page} pages={pagesOf(count)} linkTo={(page) => linkTo({ page })} />
                </>
              ) : (
                <div className="empty">
                  <p className="empty-title">{t('catalogue.none')}</p>
                  <p>{t('catalogue.none.hint')}</p>
                  <Link to="/" className="button">
                    {t('catalogue.clear')}
                  </Link>
                </div>
              )
            }
          </QueryView>
        </section>
      </div>
    </>
  );
}

function Found({ count, search }: { count: number | undefined; search: string | undefined }) {
  const { t } = useText();
  if (count === undefined) return <span>{t('state.loading')}</span>;
  return (
    <span role="status">
      {search ? t('catalogue.foundFor', { count, search }) : t('catalogue.found', { count })}
    </span>
  );
}
