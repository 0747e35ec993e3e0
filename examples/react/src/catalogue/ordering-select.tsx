import type { ProductOrdering } from '../api/generated/types.gen';
import { useText } from '../i18n/language';
import { useListState } from './list-state';

export function OrderingSelect() {
  const { t } = useText();
  const { state, change } = useListState();
  return (
    <label className="ordering">
      {t('catalogue.ordering')}
      <select
        value={state.ordering ?? ''}
        onChange={(event) =>
          change({ ordering: (event.target.value || undefined) as ProductOrdering | undefined })
        }
      >
        <option value="">
          {t(state.search ? 'catalogue.ordering.relevance' : 'catalogue.ordering.default')}
        </option>
        <option value="-created_at">{t('catalogue.ordering.newest')}</option>
        <option value="price">{t('catalogue.ordering.cheapest')}</option>
        <option value="-price">{t('catalogue.ordering.dearest')}</option>
        <option value="name">{t('catalogue.ordering.name')}</option>
      </select>
    </label>
  );
}
