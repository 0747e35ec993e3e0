import type { ReactNode } from 'react';
import { Link } from 'react-router';
import type { Order } from '../api/generated/types.gen';
import { useText } from '../i18n/language';
import { OrderStatusBadge } from './order-status-badge';

interface Props {
  order: Order;
  /** Below the items. */
  actions: ReactNode;
  /** Below the addresses. */
  children?: ReactNode;
}

/** An order of a customer or a guest. */
export function OrderDetails({ order, actions, children }: Props) {
  const { t, price, date } = useText();
  return (
    <article className="order">
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
          {order.status === 'pending' && actions}
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
          {children}
        </section>
      </div>
    </article>
  );
}
