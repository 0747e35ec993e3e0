import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Link, useSearchParams } from 'react-router';
import { useOrderEvents } from '../api/events';
import { listMyOrdersOptions } from '../api/generated/@tanstack/react-query.gen';
import { Pages } from '../catalogue/pages';
import { useText } from '../i18n/language';
import { usePageTitle } from '../ui/page-title';
import { QueryView } from '../ui/query-view';
import { OrderStatusBadge } from './order-status-badge';
import '../../../shared/styles/orders.css';

const PAGE_SIZE = 10;

export default function OrdersPage() {
  const { t, price, date } = useText();
  const [params] = useSearchParams();
  const page = Math.max(1, Number.parseInt(params.get('page') ?? '1', 10) || 1);
  const orders = useQuery({
    ...listMyOrdersOptions({ query: { page, page_size: PAGE_SIZE } }),
    placeholderData: keepPreviousData,
  });
  useOrderEvents(() => void orders.refetch());
  usePageTitle(t('orders.title'));
  return (
    <>
      <h1>{t('orders.title')}</h1>
      <QueryView query={orders}>
        {({ results, count }) =>
          results.length > 0 ? (
            <>
              <ul className="orders">
                {results.map((order) => (
                  <li key={order.id} className="order-row">
                    <div>
                      <h2>
                        <Link to={`/orders/${order.id}`}>{t('orders.number', { id: order.id })}</Link>
                      </h2>
                      <p className="muted">{date(order.created_at)}</p>
                    </div>
                    <p className="order-row-items">
                      {order.items
                        .map(({ product_name, quantity }) => `${quantity} × ${product_name}`)
                        .join(', ')}
                    </p>
                    <OrderStatusBadge status={order.status} />
                    <p className="order-row-total">{price(order.total)}</p>
                  </li>
                ))}
              </ul>
              <Pages
                page={page}
                pages={Math.max(1, Math.ceil(count / PAGE_SIZE))}
                linkTo={(to) => `?page=${to}`}
              />
            </>
          ) : (
            <div className="empty">
              <p className="empty-title">{t('orders.none')}</p>
              <Link to="/" className="button button-primary">
                {t('cart.browse')}
              </Link>
            </div>
          )
        }
      </QueryView>
    </>
  );
}
