import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { Link } from 'react-router';
import { getProductFacetsOptions } from '../api/generated/@tanstack/react-query.gen';
import type { Facets } from '../api/generated/types.gen';
import { useText } from '../i18n/language';
import { FilterIcon } from '../ui/icons';
import { filtersOf, isFiltered, useListState } from './list-state';

/** On a narrow screen a button opens them above the list. */
export function Filters() {
  const { t } = useText();
  const { state } = useListState();
  const { data: facets } = useQuery({
    ...getProductFacetsOptions({ query: filtersOf(state) }),
    placeholderData: keepPreviousData,
  });
  const [open, setOpen] = useState(false);
  return (
    <aside className="filters" aria-label={t('catalogue.filters')}>
      <button
        type="button"
        className="button filters-toggle"
        aria-expanded={open}
        aria-controls="filters"
        onClick={() => setOpen(!open)}
      >
        <FilterIcon />
        {t('catalogue.filters')}
      </button>
      <div id="filters" className="filters-body" data-open={open}>
        <CategoryFilter facets={facets} />
        <PriceFilter key={`${state.min_price} ${state.max_price}`} facets={facets} />
        <AvailableFilter />
        {isFiltered(state) && (
          <Link to="/" className="filters-clear">
            {t('catalogue.clear')}
          </Link>
        )}
      </div>
    </aside>
  );
}

function CategoryFilter({ facets }: { facets: Facets | undefined }) {
  const { t } = useText();
  const { state, linkTo } = useListState();
  return (
    <nav className="filter" aria-label={t('catalogue.category')}>
      <h3>{t('catalogue.category')}</h3>
      <ul className="categories">
        <li>
          <Link to={linkTo({ category: undefined })} aria-current={state.category ? undefined : 'true'}>
            {t('catalogue.category.all')}
          </Link>
        </li>
        {(facets?.categories ?? []).map(({ id, name, slug, count }) => (
          <li key={id}>
            <Link to={linkTo({ category: slug })} aria-current={state.category === slug ? 'true' : undefined}>
              {name} <span className="category-count">{count}</span>
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}

function PriceFilter({ facets }: { facets: Facets | undefined }) {
  const { t } = useText();
  const { state, change } = useListState();

  function apply(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const values = new FormData(event.currentTarget);
    const text = (name: string) => String(values.get(name)) || undefined;
    change({ min_price: text('min_price'), max_price: text('max_price') });
  }

  return (
    <form className="filter" onSubmit={apply}>
      <fieldset>
        <legend>{t('catalogue.price')}</legend>
        <div className="price-range">
          <label>
            <span>{t('catalogue.price.from')}</span>
            <input
              name="min_price"
              type="number"
              min="0"
              step="0.01"
              inputMode="decimal"
              placeholder={facets?.price.min ?? ''}
              defaultValue={state.min_price}
            />
          </label>
          <label>
            <span>{t('catalogue.price.to')}</span>
            <input
              name="max_price"
              type="number"
              min="0"
              step="0.01"
              inputMode="decimal"
              placeholder={facets?.price.max ?? ''}
              defaultValue={state.max_price}
            />
          </label>
        </div>
      </fieldset>
      <button type="submit" className="button button-small">
        {t('catalogue.price.apply')}
      </button>
    </form>
  );
}

function AvailableFilter() {
  const { t } = useText();
  const { state, change } = useListState();
  return (
    <label className="filter check">
      <input
        type="checkbox"
        checked={state.available ?? false}
        onChange={(event) => change({ available: event.target.checked || undefined })}
      />
      {t('catalogue.available')}
    </label>
  );
}
