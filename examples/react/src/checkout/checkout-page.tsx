import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { SessionEnded } from '../account/session-ended';
import { getUserOptions } from '../api/generated/@tanstack/react-query.gen';
import { useSession, wasSessionLost } from '../api/session';
import { useCart } from '../cart/use-cart';
import { useText } from '../i18n/language';
import { usePageTitle } from '../ui/page-title';
import { QueryView } from '../ui/query-view';
import { CheckoutForm } from './checkout-form';
import { findPendingOrder } from './pending-order';
import { UnansweredOrder } from './unanswered-order';
import { usePlaceOrder } from './use-place-order';
import '../../../shared/styles/cart.css';

export default function CheckoutPage() {
  const { t } = useText();
  const session = useSession();
  const owner = session?.userId ?? 'guest';
  const cart = useCart();
  const user = useQuery({
    ...getUserOptions({ path: { id: session?.userId ?? 0 } }),
    enabled: session !== null,
  });
  const order = usePlaceOrder(owner);
  const pending = order.isPending ? null : findPendingOrder(owner);
  usePageTitle(t('checkout.title'));

  return (
    <>
      <h1>{t('checkout.title')}</h1>
      {pending && <UnansweredOrder onSend={() => order.mutate(pending)} />}
      <QueryView query={cart}>
        {(data) => {
          if (data.items.length === 0 && !order.isPending) return !pending && !order.isSuccess && <Empty />;
          if (!session) return <CheckoutForm cart={data} order={order} />;
          return (
            <QueryView query={user}>
              {(profile) => <CheckoutForm cart={data} user={profile} order={order} />}
            </QueryView>
          );
        }}
      </QueryView>
    </>
  );
}

function Empty() {
  const { t } = useText();
  const session = useSession();
  if (!session && wasSessionLost()) return <SessionEnded />;
  return (
    <div className="empty">
      <p>{t('checkout.emptyNow')}</p>
      <Link to={session ? '/orders' : '/'} className="button">
        {session ? t('nav.orders') : t('cart.browse')}
      </Link>
    </div>
  );
}
