import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { Link } from 'react-router';
import { getCartQueryKey } from '../api/generated/@tanstack/react-query.gen';
import { ApiError } from '../api/api-error';
import { addCartItem } from '../api/generated/sdk.gen';
import type { AddCartItem, Product } from '../api/generated/types.gen';
import { newIntentKey } from '../api/intent';
import { isTransient } from '../api/query-client';
import { QuantityStepper } from '../cart/quantity-stepper';
import { useText } from '../i18n/language';
import { useAnnounce } from '../ui/announcer';
import { useErrorText } from '../ui/error-text';

interface Intent {
  key: string;
  body: AddCartItem;
}

export function AddToCart({ product }: { product: Product }) {
  const { t } = useText();
  const errorText = useErrorText();
  const announce = useAnnounce();
  const queryClient = useQueryClient();
  const [quantity, setQuantity] = useState(1);

  const add = useMutation({
    mutationFn: ({ key, body }: Intent) => addCartItem({ body, headers: { 'Idempotency-Key': key } }),
    retry: isTransient,
    onSuccess: () => {
      setQuantity(1);
      announce(
        <>
          {t('product.added', { name: product.name })} <Link to="/cart">{t('product.toCart')}</Link>
        </>,
      );
    },
    onSettled: () => queryClient.invalidateQueries({ queryKey: getCartQueryKey() }),
  });

  function submit(event: FormEvent) {
    event.preventDefault();
    if (!add.isPending) add.mutate(intentOf({ product_id: product.id, quantity }));
  }

  /** The last request without a response: the next click repeats it with the same key, so that nothing is added twice. */
  function intentOf(body: AddCartItem): Intent {
    const { error, variables } = add;
    const wasUnanswered = error instanceof ApiError && error.isTransient && variables;
    const isSame = wasUnanswered && JSON.stringify(wasUnanswered.body) === JSON.stringify(body);
    return isSame ? wasUnanswered : { key: newIntentKey(), body };
  }

  return (
    <form className="add-to-cart" onSubmit={submit}>
      <QuantityStepper
        label={t('product.quantity')}
        value={quantity}
        max={Math.max(1, product.stock)}
        disabled={!product.available}
        onChange={setQuantity}
      />
      <button
        type="submit"
        className="button button-primary"
        disabled={!product.available}
        aria-busy={add.isPending}
      >
        {product.available ? t('product.add') : t('product.outOfStock')}
      </button>
      {add.isError && (
        <p className="notice notice-bad" role="alert">
          {errorText(add.error)}
        </p>
      )}
    </form>
  );
}
