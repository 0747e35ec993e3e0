import { useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useRef, useState } from 'react';
import { ApiError } from '../api/answers';
import { request } from '../api/client';
import { idempotencyKey } from '../api/idempotency-key';
import type { Product } from '../api/types';
import { recordKey, useRecord } from '../forms/use-record';
import { useI18n } from '../i18n/translate';
import { Button } from '../ui/button';
import { Dialog } from '../ui/dialog';
import { InputField } from '../ui/field';
import { Icon } from '../ui/icon';
import { Notice } from '../ui/notice';
import { problemText } from '../ui/problem-text';
import { notify } from '../ui/toasts';

type Stocked = Pick<Product, 'id' | 'name' | 'stock'>;

/** A stock with a button that opens the dialog to change it. */
export function StockCell({ product }: { product: Stocked }) {
  const { t, number } = useI18n();
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <button
        type="button"
        className={product.stock === 0 ? 'in-place in-place-empty' : 'in-place'}
        aria-label={t('products.changeStock', { name: product.name, count: product.stock })}
        onClick={() => setOpen(true)}
      >
        {number(product.stock)}
        <Icon name="pencil" />
      </button>
      {isOpen && <StockDialog product={product} onClose={() => setOpen(false)} />}
    </>
  );
}

/** Every change is a row of the ledger. `add` works after sales in between; `set` is refused after one. */
function StockDialog({ product, onClose }: { product: Stocked; onClose: () => void }) {
  const i18n = useI18n();
  const { t, number } = i18n;
  const queries = useQueryClient();
  const path = `/products/${product.id}`;
  const { data: fresh, refetch } = useRecord<Product>(path);
  const stock = fresh?.body.stock ?? product.stock;
  const [kind, setKind] = useState<'delta' | 'set'>('delta');
  const [quantity, setQuantity] = useState('');
  const [problem, setProblem] = useState('');
  const [isSaving, setSaving] = useState(false);
  const key = useRef(idempotencyKey());
  const after = kind === 'set' ? Number(quantity) : stock + Number(quantity);
  const isWhole = /^[-+]?\d+$/.test(quantity.trim());

  const save = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (!isWhole) return setProblem(t('products.stockWhole'));
    const reason = String(new FormData(event.currentTarget).get('reason')).trim();
    setSaving(true);
    setProblem('');
    try {
      const saved = await request<Product>(`${path}/stock`, {
        method: 'POST',
        body: { [kind]: Number(quantity), ...(reason && { reason }) },
        ifMatch: kind === 'set' ? fresh?.etag : undefined,
        idempotencyKey: key.current,
      });
      notify(t('products.stockSaved', { name: product.name, count: saved.body.stock }));
      void queries.invalidateQueries({ queryKey: recordKey(path) });
      await queries.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'record' });
      onClose();
    } catch (error) {
      key.current = idempotencyKey(); // the body of the next attempt may differ
      if (error instanceof ApiError && error.status === 412) await refetch();
      setProblem(problemText(error, i18n));
      setSaving(false);
    }
    return undefined;
  };

  return (
    <Dialog title={t('products.stockOf', { name: product.name })} onClose={onClose}>
      <form onSubmit={save}>
        <div className="dialog-body form">
          <p>{t('products.stockNow', { count: stock })}</p>
          <fieldset className="choices choices-inline">
            <legend>{t('products.stockHow')}</legend>
            {(['delta', 'set'] as const).map((each) => (
              <label key={each}>
                <input type="radio" name="kind" checked={kind === each} onChange={() => setKind(each)} />
                {t(each === 'delta' ? 'products.stockAdd' : 'products.stockSet')}
              </label>
            ))}
          </fieldset>
          <InputField
            label={t(kind === 'delta' ? 'products.unitsToAdd' : 'products.unitsFromNow')}
            hint={
              isWhole
                ? t('products.stockAfter', { before: number(stock), after: number(after) })
                : t('products.stockHint')
            }
            inputMode="numeric"
            value={quantity}
            onChange={(event) => setQuantity(event.target.value)}
            autoFocus
            required
          />
          <InputField label={t('products.reason')} name="reason" maxLength={200} autoComplete="off" />
          {problem && <Notice kind="error">{problem}</Notice>}
        </div>
        <footer className="dialog-footer">
          <Button onClick={onClose}>{t('cancel')}</Button>
          <Button type="submit" kind="primary" busy={isSaving}>
            {t('save')}
          </Button>
        </footer>
      </form>
    </Dialog>
  );
}
