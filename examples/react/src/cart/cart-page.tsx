import { Link } from 'react-router';
import { SessionEnded } from '../account/session-ended';
import type { Cart } from '../api/generated/types.gen';
import { useSession, wasSessionLost } from '../api/session';
import { useText } from '../i18n/language';
import { usePageTitle } from '../ui/page-title';
import { QueryView } from '../ui/query-view';
import { CartLine } from './cart-line';
import { useCart } from './use-cart';
import '../../../shared/styles/cart.css';

export default function CartPage() {
  const { t } = useText();
  const cart = useCart();
  usePageTitle(t('cart.title'));
  return (
    <>
      <h1>{t('cart.title')}</h1>
      <QueryView query={cart}>
        {(data) => (data.items.length > 0 ? <Filled cart={data} /> : <Empty />)}
      </QueryView>
    </>
  );
}

function Filled({ cart }: { cart: Cart }) {
  const { t, price } = useText();
  const canOrder = cart.items.every(({ state }) => state === 'available');
  return (
    <div className="with-summary">
      <ul className="cart-lines">
        {cart.items.map((item) => (
          <CartLine key={item.id} item={item} />
        ))}
      </ul>
      <section className="summary" aria-label={t('cart.summary')}>
        <p>{t('cart.items', { count: cart.total_items })}</p>
        <p className="summary-total">
          <span>{t('cart.total')}</span> <strong>{price(cart.total)}</strong>
        </p>
        {canOrder ? (
          <Link to="/checkout" className="button button-primary button-wide">
            {t('cart.checkout')}
          </Link>
        ) : (
          <p className="notice notice-bad">{t('cart.unavailable')}</p>
        )}
      </section>
    </div>
  );
}

function Empty() {
  const { t } = useText();
  const session = useSession();
  if (!session && wasSessionLost()) return <SessionEnded />;
  return (
    <div className="empty">
      <p className="empty-title">{t('cart.empty')}</p>
      <p>{t('cart.empty.hint')}</p>
      <Link to="/" className="button button-primary">
        {t('cart.browse')}
      </Link>
    </div>
  );
}
