import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { getUserOptions } from '../api/generated/@tanstack/react-query.gen';
import { useSession } from '../api/session';
import { useCart } from '../cart/use-cart';
import { useText } from '../i18n/language';
import { usePageTitle } from '../ui/page-title';
import { QueryView } from '../ui/query-view';
import { CheckoutForm } from './checkout-form';
import { findPendingOrder } from './pending-order';
import { UnansweredOrder } from './unanswered-order';
import { usePlaceOrder } from './use-place-order';
import '../styles/cart.css';

export default function CheckoutPage() {
  const { t } = useText();
  const { userId } = useSession()!; // SignedIn stands before it
  const cart = useCart();
  const user = useQuery(getUserOptions({ path: { id: userId } }));
  const order = usePlaceOrder(userId);
  const pending = order.isPending ? null : findPendingOrder(userId);
  usePageTitle(t('checkout.title'));

  return (
    <>
      <h1>{t('checkout.title')}</h1>
      {pending && <UnansweredOrder onSend={() => order.mutate(pending)} />}
      <QueryView query={user}>
        {(profile) => (
          <QueryView query={cart}>
            {(data) =>
              data.items.length > 0 || order.isPending ? (
                <CheckoutForm cart={data} user={profile} order={order} />
              ) : (
                !pending && !order.isSuccess && <Empty />
              )
            }
          </QueryView>
        )}
      </QueryView>
    </>
  );
}

function Empty() {
  const { t } = useText();
  return (
    <div className="empty">
      <p>{t('checkout.emptyNow')}</p>
      <Link to="/orders" className="button">
        {t('nav.orders')}
      </Link>
    </div>
  );
}
