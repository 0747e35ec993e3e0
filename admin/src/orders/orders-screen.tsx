import { Link, useSearchParams } from 'react-router';
import { type Order, ORDER_STATUSES } from '../api/types';
import { useI18n } from '../i18n/translate';
import { ListScreen } from '../lists/list-screen';
import type { Column, Filter } from '../lists/list-types';
import { OrderState } from './order-status';

export default function OrdersScreen() {
  const { t, time, money } = useI18n();
  const columns: Column<Order>[] = [
    {
      name: 'id',
      label: t('orders.number'),
      cell: ({ id }) => (
        <Link className="row-link" to={`/orders/${id}`}>
          {t('orders.one', { id: String(id) })}
        </Link>
      ),
    },
    { name: 'created_at', label: t('orders.placed'), cell: (order) => time(order.created_at) },
    { name: 'status', label: t('orders.status'), cell: ({ status }) => <OrderState status={status} /> },
    {
      name: 'user_id',
      label: t('orders.customer'),
      cell: ({ user_id, email }) =>
        user_id === null ? (
          (email ?? t('orders.nobody'))
        ) : (
          <Link to={`/users/${user_id}`}>{t('users.number', { id: String(user_id) })}</Link>
        ),
    },
    {
      name: 'items',
      label: t('orders.pieces'),
      isNumber: true,
      cell: ({ items }) => items.reduce((sum, { quantity }) => sum + quantity, 0),
    },
    { name: 'total', label: t('orders.total'), isNumber: true, cell: ({ total }) => money(total) },
    {
      name: 'shipping_address',
      label: t('orders.shippingAddress'),
      isExtra: true,
      cell: (order) => order.shipping_address,
    },
    { name: 'notes', label: t('orders.notes'), isExtra: true, cell: ({ notes }) => notes },
    {
      name: 'updated_at',
      label: t('field.updated_at'),
      isExtra: true,
      cell: (order) => time(order.updated_at),
    },
  ];
  const filters: Filter[] = [
    { name: 'created_after', label: t('orders.from'), kind: 'day' },
    { name: 'created_before', label: t('orders.to'), kind: 'day-end' },
    { name: 'min_total', label: t('orders.totalFrom'), kind: 'number' },
    { name: 'max_total', label: t('orders.totalTo'), kind: 'number' },
    { name: 'user_id', label: t('orders.customerNumber'), kind: 'number' },
  ];
  return (
    <ListScreen<Order>
      name="orders"
      title={t('nav.orders')}
      path="/orders"
      columns={columns}
      filters={filters}
      searchLabel={t('orders.search')}
      nameOf={({ id }) => t('orders.one', { id: String(id) })}
      above={<StatusTabs />}
    />
  );
}

/** One for each thing that there is to do. */
function StatusTabs() {
  const { t } = useI18n();
  const [params] = useSearchParams();
  const addressOf = (status: string) => {
    const next = new URLSearchParams(params);
    for (const name of ['page', 'cursor', 'status']) next.delete(name);
    if (status) next.set('status', status);
    return `?${next}`;
  };
  const current = params.get('status') ?? '';
  return (
    <nav className="tabs" aria-label={t('orders.status')}>
      {['', ...ORDER_STATUSES].map((status) => (
        <Link key={status} to={addressOf(status)} aria-current={current === status ? 'page' : undefined}>
          {status ? t(`orders.tab.${status as Order['status']}`) : t('orders.tab.all')}
        </Link>
      ))}
    </nav>
  );
}
