import { useState } from 'react';
import { Link } from 'react-router';
import { useSignInPath } from '../account/next-path';
import { ApiError } from '../api/api-error';
import type { Cart, User } from '../api/generated/types.gen';
import { useText } from '../i18n/language';
import { Field, Form } from '../ui/form';
import { keepPendingOrder } from './pending-order';
import type { usePlaceOrder } from './use-place-order';

interface Props {
  cart: Cart;
  /** Missing for a guest, who enters an e-mail. */
  user?: User;
  order: ReturnType<typeof usePlaceOrder>;
}

/** The shown total is sent; when the total differs by then, the form shows it and asks. */
export function CheckoutForm({ cart, user, order }: Props) {
  const totalChanged =
    order.error instanceof ApiError && order.error.code === 'total_changed' ? order.error : null;
  const unanswered = order.error instanceof ApiError && order.error.isTransient;

  return (
    <Form
      busy={order.isPending}
      error={totalChanged || unanswered ? null : order.error}
      onSubmit={({ email, shipping_address = '', billing_address = shipping_address, notes }) =>
        order.mutate(
          keepPendingOrder(user?.id ?? 'guest', {
            email,
            shipping_address,
            billing_address,
            notes,
            expected_total: cart.total,
          }),
        )
      }
    >
      <div className="with-summary">
        <div>
          {!user && <GuestFields />}
          <AddressFields user={user} />
        </div>
        <Summary cart={cart} totalChanged={totalChanged} isOrdering={order.isPending} />
      </div>
    </Form>
  );
}

function GuestFields() {
  const { t } = useText();
  return (
    <>
      <p>
        {t('guest.known')} <Link to={useSignInPath()}>{t('signIn.submit')}</Link>
      </p>
      <Field
        name="email"
        type="email"
        label={t('field.email')}
        hint={t('guest.email')}
        autoComplete="email"
        maxLength={254}
        required
      />
    </>
  );
}

function AddressFields({ user }: { user?: User }) {
  const { t } = useText();
  const ownBilling = user?.billing_address && user.billing_address !== user.shipping_address;
  const [sameAddress, setSameAddress] = useState(!ownBilling);
  return (
    <>
      <Field
        name="shipping_address"
        label={t('checkout.shipping')}
        hint={t('checkout.address.hint')}
        autoComplete="shipping street-address"
        defaultValue={user?.shipping_address ?? ''}
        maxLength={500}
        rows={3}
        required
      />
      <label className="check">
        <input
          type="checkbox"
          checked={sameAddress}
          onChange={(event) => setSameAddress(event.target.checked)}
        />
        {t('checkout.sameAddress')}
      </label>
      {!sameAddress && (
        <Field
          name="billing_address"
          label={t('checkout.billing')}
          autoComplete="billing street-address"
          defaultValue={user?.billing_address ?? ''}
          maxLength={500}
          rows={3}
          required
        />
      )}
      <Field name="notes" label={t('checkout.notes')} maxLength={2000} rows={2} />
    </>
  );
}

interface SummaryProps {
  cart: Cart;
  /** The refusal of an order whose total has changed. */
  totalChanged: ApiError | null;
  isOrdering: boolean;
}

function Summary({ cart, totalChanged, isOrdering }: SummaryProps) {
  const { t, price } = useText();
  return (
    <section className="summary" aria-label={t('cart.summary')}>
      <ul className="summary-lines">
        {cart.items.map(({ id, product, quantity, state, subtotal }) => (
          <li key={id}>
            <span>
              {quantity} × {product.name}
              {state !== 'available' && (
                <span className="warning">{t(`cart.state.${state}`, { stock: product.stock })}</span>
              )}
            </span>
            <span>{price(subtotal)}</span>
          </li>
        ))}
      </ul>
      <p className="summary-total">
        <span>{t('cart.total')}</span> <strong>{price(cart.total)}</strong>
      </p>
      {totalChanged && (
        <p className="notice notice-warning" role="alert">
          {t('checkout.totalChanged', {
            before: price(String(totalChanged.members.expected_total)),
            now: price(String(totalChanged.members.total)),
          })}
        </p>
      )}
      <button type="submit" className="button button-primary button-wide" aria-busy={isOrdering}>
        {isOrdering ? t('checkout.ordering') : t('checkout.order', { total: price(cart.total) })}
      </button>
      <Link to="/cart" className="summary-back">
        {t('checkout.changeCart')}
      </Link>
    </section>
  );
}
