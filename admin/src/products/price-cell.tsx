import { useQueryClient } from '@tanstack/react-query';
import { type KeyboardEvent, useRef, useState } from 'react';
import { request } from '../api/client';
import type { Product } from '../api/types';
import { readDecimal } from '../forms/decimals';
import { useI18n } from '../i18n/translate';
import { problemText } from '../ui/problem-text';
import { notify } from '../ui/toasts';
import { Icon } from '../ui/icon';

type Priced = Pick<Product, 'id' | 'name' | 'price'>;

/** A price that is edited in place: Enter saves, Escape cancels. */
export function PriceCell({ product }: { product: Priced }) {
  const i18n = useI18n();
  const { t, money, decimal } = i18n;
  const queries = useQueryClient();
  const button = useRef<HTMLButtonElement>(null);
  const [isOpen, setOpen] = useState(false);
  const [typed, setTyped] = useState('');
  const [problem, setProblem] = useState('');
  const [isSaving, setSaving] = useState(false);

  const open = () => {
    setTyped(decimal(product.price));
    setProblem('');
    setOpen(true);
  };
  const close = () => {
    setOpen(false);
    requestAnimationFrame(() => button.current?.focus());
  };
  const save = async () => {
    const price = readDecimal(typed);
    if (isSaving) return;
    if (price === product.price) return close();
    setSaving(true);
    setProblem('');
    try {
      await changePrice(product, price);
      notify(t('products.priceSaved', { name: product.name, price: money(price) }));
      await queries.invalidateQueries();
      close();
    } catch (error) {
      setProblem(
        error instanceof PriceMoved
          ? t('products.priceMoved', { price: money(error.price) })
          : problemText(error, i18n),
      );
    }
    setSaving(false);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Escape') close();
    if (event.key === 'Enter') void save();
  };

  if (!isOpen) {
    return (
      <button
        ref={button}
        type="button"
        className="in-place"
        aria-label={t('products.changePrice', { name: product.name, price: money(product.price) })}
        onClick={open}
      >
        {money(product.price)}
        <Icon name="pencil" />
      </button>
    );
  }
  return (
    <span className="in-place-form">
      <input
        autoFocus
        inputMode="decimal"
        aria-label={t('products.price')}
        aria-invalid={problem ? true : undefined}
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
        onKeyDown={onKeyDown}
        onFocus={(event) => event.target.select()}
      />
      <button type="button" className="button button-primary" onClick={save} aria-disabled={isSaving}>
        {t('save')}
      </button>
      <button type="button" className="button button-quiet" onClick={close}>
        {t('cancel')}
      </button>
      {problem && (
        <span className="field-error" role="alert">
          {problem}
        </span>
      )}
    </span>
  );
}

class PriceMoved extends Error {
  constructor(readonly price: string) {
    super();
  }
}

/** @throws PriceMoved when the price is no longer the one that the list showed */
async function changePrice({ id, price: shown }: Priced, price: string): Promise<void> {
  const { body, etag } = await request<Product>(`/products/${id}`);
  if (body.price !== shown) throw new PriceMoved(body.price);
  await request(`/products/${id}`, { method: 'PATCH', body: { price }, ifMatch: etag });
}
