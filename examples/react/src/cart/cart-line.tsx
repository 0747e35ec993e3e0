import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link } from 'react-router';
import { getCartQueryKey } from '../api/generated/@tanstack/react-query.gen';
import { removeCartItem, updateCartItem } from '../api/generated/sdk.gen';
import type { CartItem } from '../api/generated/types.gen';
import { useText } from '../i18n/language';
import { ProductPicture } from '../product/product-picture';
import { useAnnounce } from '../ui/announcer';
import { useErrorText } from '../ui/error-text';
import { QuantityStepper } from './quantity-stepper';

export function CartLine({ item }: { item: CartItem }) {
  const { t, price } = useText();
  const { product } = item;
  const announce = useAnnounce();
  const errorText = useErrorText();
  const queryClient = useQueryClient();
  const refreshCart = () => queryClient.invalidateQueries({ queryKey: getCartQueryKey() });

  const change = useMutation({
    // Sends no version: of two tabs that set a quantity, the last one wins.
    mutationFn: (quantity: number) => updateCartItem({ path: { id: item.id }, body: { quantity } }),
    onSettled: refreshCart,
  });
  const remove = useMutation({
    mutationFn: () => removeCartItem({ path: { id: item.id } }),
    onSuccess: () => announce(t('cart.removed', { name: product.name })),
    onSettled: refreshCart,
  });
  const error = change.error ?? remove.error;

  return (
    <li className="cart-line" aria-busy={change.isPending || remove.isPending}>
      <ProductPicture product={product} sizes="112px" decorative />
      <div className="cart-line-text">
        <h2>
          <Link to={`/products/${product.slug}`}>{product.name}</Link>
        </h2>
        <p className="muted">{t('cart.each', { price: price(item.unit_price) })}</p>
        {item.price_changed && (
          <p className="warning">{t('cart.priceChanged', { price: price(item.added_price) })}</p>
        )}
        {item.state !== 'available' && (
          <p className="warning">{t(`cart.state.${item.state}`, { stock: product.stock })}</p>
        )}
        {error && (
          <p className="warning" role="alert">
            {errorText(error)}
          </p>
        )}
      </div>
      <QuantityStepper
        label={t('cart.quantity.of', { name: product.name })}
        value={change.isPending ? change.variables : item.quantity}
        max={Math.max(1, product.stock)}
        disabled={item.state === 'gone'}
        onChange={(quantity) => change.mutate(quantity)}
      />
      <p className="cart-line-subtotal">{price(item.subtotal)}</p>
      <button
        type="button"
        className="link-button"
        aria-label={t('cart.remove.name', { name: product.name })}
        onClick={() => !remove.isPending && remove.mutate()}
      >
        {t('cart.remove')}
      </button>
    </li>
  );
}
