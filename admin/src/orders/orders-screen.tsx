import { Link, useSearchParams } from 'react-router';
import { type Order, ORDER_STATUSES } from '../api/types';
import { useI18n } from '../i18n/translate';
import { ListScreen } from '../lists/list-screen';
import type { Column, Filter } from '../lists/list-types';
import { OrderState } from './order-status';
import { ShipOrders } from './ship-orders';

type OrderRow = Pick<Order, 'id' | 'user_id' | 'status' | 'total' | 'held' | 'created_at' | 'updated_at'>;

export default function OrdersScreen() {
  const { t, time, money } = useI18n();
  const columns: Column<OrderRow>[] = [
    {
      name: 'id',
      label: t('orders.number'),
      ordering: 'id',
      cell: ({ id }) => (
        <Link className="row-link" to={`/orders/${id}`}>
          {t('orders.one', { id: String(id) })}
        </Link>
      ),
    },
    {
      name: 'created_at',
      label: t('orders.placed'),
      ordering: 'created_at',
      cell: (order) => time(order.created_at),
    },
    { name: 'status', label: t('orders.status'), cell: ({ status }) => <OrderState status={status} /> },
    {
      name: 'user_id',
      label: t('orders.customer'),
      cell: ({ user_id }) =>
        user_id === null ? (
          t('orders.guest')
        ) : (
          <Link to={`/users/${user_id}`}>{t('users.number', { id: String(user_id) })}</Link>
        ),
    },
    {
      name: 'total',
      label: t('orders.total'),
      ordering: 'total',
      isNumber: true,
      cell: ({ total }) => money(total),
    },
    { name: 'held', label: t('field.held'), isExtra: true, cell: ({ held }) => t(held ? 'yes' : 'no') },
    {
      name: 'updated_at',
      label: t('field.updated_at'),
      isExtra: true,
      cell: (order) => time(order.updated_at),
    },
  ];
  const filters: Filter[] = [
    { name: 'created_at_after', label: t('orders.from'), kind: 'day' },
    { name: 'created_at_before', label: t('orders.to'), kind: 'day-end' },
    { name: 'total_min', label: t('orders.totalFrom'), kind: 'number' },
    { name: 'total_max', label: t('orders.totalTo'), kind: 'number' },
    { name: 'user_id', label: t('orders.customerNumber'), kind: 'number' },
  ];
  return (
    <ListScreen<OrderRow>
      name="orders"
      title={t('nav.orders')}
      path="/admin/orders"
      csvPath="/admin/csv/orders"
      columns={columns}
      filters={filters}
      searchLabel={t('orders.search')}
      nameOf={({ id }) => t('orders.one', { id: String(id) })}
      above={<StatusTabs />}
      bulkActions={(selection, done) => <ShipOrders selection={selection} onDone={done} />}
    />
  );
}

/** A tab for each status. */
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
