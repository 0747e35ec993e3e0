import { useState } from 'react';
import type { CartMerge } from '../api/generated/types.gen';
import { useText } from '../i18n/language';

let report: CartMerge | undefined;

/** The report of a sign-in, kept until the pages are rendered again. */
export function keepMergeReport(merge: CartMerge | undefined): void {
  report = merge;
}

/** Lines of the guest's cart that were not merged unchanged. */
export function MergeReport() {
  const { t, price } = useText();
  const [merge, setMerge] = useState(report);
  if (!merge || merge.capped.length + merge.gone.length + merge.price_changed.length === 0) return null;

  function close() {
    report = undefined;
    setMerge(undefined);
  }

  return (
    <div className="notice notice-warning" role="status">
      <p>{t('merge.title')}</p>
      <ul>
        {merge.capped.map(({ product_id, product_name, quantity }) => (
          <li key={product_id}>{t('merge.capped', { name: product_name, count: quantity })}</li>
        ))}
        {merge.gone.map(({ product_id, product_name }) => (
          <li key={product_id}>{t('merge.gone', { name: product_name })}</li>
        ))}
        {merge.price_changed.map(({ product_id, product_name, unit_price }) => (
          <li key={product_id}>
            {t('merge.priceChanged', { name: product_name, price: price(unit_price) })}
          </li>
        ))}
      </ul>
      <button type="button" className="button button-small" onClick={close}>
        {t('merge.close')}
      </button>
    </div>
  );
}
