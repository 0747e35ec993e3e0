import { useQuery } from '@tanstack/react-query';
import { useLocation, useParams } from 'react-router';
import { ApiError } from '../api/api-error';
import { getGuestOrderOptions } from '../api/generated/@tanstack/react-query.gen';
import { cancelGuestOrder } from '../api/generated/sdk.gen';
import { useText } from '../i18n/language';
import { usePageTitle } from '../ui/page-title';
import { QueryView } from '../ui/query-view';
import { CancelOrder } from './cancel-order';
import { OrderDetails } from './order-details';
import { OrderMissing } from './order-missing';
import '../../../shared/styles/orders.css';

/** A guest's order, by the secret token in the address. */
export default function GuestOrderPage() {
  const { t } = useText();
  const { token = '' } = useParams();
  const order = useQuery(getGuestOrderOptions({ path: { token } }));
  const state = useLocation().state as { placed?: boolean } | null;
  usePageTitle(t('orders.title'));

  if (order.error instanceof ApiError && order.error.status === 404) return <OrderMissing />;
  return (
    <>
      {state?.placed && (
        <p className="notice notice-good" role="status">
          {t('checkout.done')} {t('guest.link')}
        </p>
      )}
      <QueryView query={order}>
        {(data) => (
          <OrderDetails
            order={data}
            actions={<CancelOrder orderId={data.id} cancel={() => cancelGuestOrder({ path: { token } })} />}
          />
        )}
      </QueryView>
    </>
  );
}
