import { useQuery } from '@tanstack/react-query';
import { Link, useLocation, useParams } from 'react-router';
import { ApiError } from '../api/api-error';
import { getOrderOptions } from '../api/generated/@tanstack/react-query.gen';
import type { Order } from '../api/generated/types.gen';
import { useText } from '../i18n/language';
import { usePageTitle } from '../ui/page-title';
import { QueryView } from '../ui/query-view';
import { CancelOrder } from './cancel-order';
import { OrderHistory } from './order-history';
import { OrderStatusBadge } from './order-status-badge';
import '../styles/orders.css';

export default function OrderPage() {
  const { t } = useText();
  const id = Number(useParams().id);
  const order = useQuery({ ...getOrderOptions({ path: { id } }), enabled: Number.isSafeInteger(id) });
  const state = useLocation().state as { placed?: boolean } | null;
  usePageTitle(t('orders.number', { id }));

  if (!Number.isSafeInteger(id) || (order.error instanceof ApiError && order.error.status === 404))
    return <Missing />;
  return (
    <>
      {state?.placed && (
        <p className="notice notice-good" role="status">
          {t('checkout.done')}
        </p>
      )}
      <QueryView query={order}>{(data) => <OrderDetails order={data} />}</QueryView>
    </>
  );
}

function OrderDetails({ order }: { order: Order }) {
  const { t, price, date } = useText();
  return (
    <article className="order">
      <nav className="breadcrumb">
        <Link to="/orders">{t('orders.title')}</Link>
      </nav>
      <header className="order-head">
        <div>
          <h1>{t('orders.number', { id: order.id })}</h1>
          <p className="muted">{t('orders.placed', { date: date(order.created_at) })}</p>
        </div>
        <OrderStatusBadge status={order.status} />
      </header>
      <div className="order-columns">
        <section>
          <h2>{t('orders.items')}</h2>
          <ul className="order-items">
            {order.items.map((item) => (
              <li key={item.id}>
                <Link to={`/products/${item.product_id}`}>{item.product_name}</Link>
                <span className="muted">
                  {item.quantity} × {price(item.unit_price)}
                </span>
                <span>{price(item.subtotal)}</span>
              </li>
            ))}
          </ul>
          <p className="summary-total">
            <span>{t('cart.total')}</span> <strong>{price(order.total)}</strong>
          </p>
          {order.status === 'pending' && <CancelOrder order={order} />}
        </section>
        <section>
          <h2>{t('orders.shipping')}</h2>
          <p className="address">{order.shipping_address || t('orders.noAddress')}</p>
          <h2>{t('orders.billing')}</h2>
          <p className="address">{order.billing_address || t('orders.noAddress')}</p>
          {order.notes && (
            <>
              <h2>{t('orders.notes')}</h2>
              <p className="address">{order.notes}</p>
            </>
          )}
          <h2>{t('orders.history')}</h2>
          <OrderHistory orderId={order.id} version={order.version} />
        </section>
      </div>
    </article>
  );
}

function Missing() {
  const { t } = useText();
  return (
    <div className="empty">
      <h1>{t('orders.missing')}</h1>
      <Link to="/orders" className="button">
        {t('orders.title')}
      </Link>
    </div>
  );
}
