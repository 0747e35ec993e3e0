import { useQuery } from '@tanstack/react-query';
import { Link, useLocation, useParams } from 'react-router';
import { ApiError } from '../api/api-error';
import { useOrderEvents } from '../api/events';
import { getOrderOptions } from '../api/generated/@tanstack/react-query.gen';
import { updateOrder } from '../api/generated/sdk.gen';
import { useText } from '../i18n/language';
import { usePageTitle } from '../ui/page-title';
import { QueryView } from '../ui/query-view';
import { CancelOrder } from './cancel-order';
import { OrderDetails } from './order-details';
import { OrderHistory } from './order-history';
import { OrderMissing } from './order-missing';
import '../../../shared/styles/orders.css';

export default function OrderPage() {
  const { t } = useText();
  const id = Number(useParams().id);
  const order = useQuery({ ...getOrderOptions({ path: { id } }), enabled: Number.isSafeInteger(id) });
  useOrderEvents(() => void (Number.isSafeInteger(id) && order.refetch()));
  const state = useLocation().state as { placed?: boolean } | null;
  usePageTitle(t('orders.number', { id }));

  const isMissing = order.error instanceof ApiError && order.error.status === 404;
  if (!Number.isSafeInteger(id) || isMissing) return <OrderMissing />;
  return (
    <>
      {state?.placed && (
        <p className="notice notice-good" role="status">
          {t('checkout.done')}
        </p>
      )}
      <nav className="breadcrumb">
        <Link to="/orders">{t('orders.title')}</Link>
      </nav>
      <QueryView query={order}>
        {(data) => (
          <OrderDetails
            order={data}
            actions={
              <CancelOrder
                orderId={id}
                cancel={() => updateOrder({ path: { id }, body: { status: 'cancelled' } })}
              />
            }
          >
            <h2>{t('orders.history')}</h2>
            <OrderHistory orderId={id} version={data.version} />
          </OrderDetails>
        )}
      </QueryView>
    </>
  );
}
