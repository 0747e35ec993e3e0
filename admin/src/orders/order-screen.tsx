import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Link, useParams } from 'react-router';
import { ApiError } from '../api/answers';
import { get, request } from '../api/client';
import type { Order, OrderStatus, User } from '../api/types';
import { FormFooter } from '../forms/form-footer';
import { RecordGate } from '../forms/record-gate';
import { type Loaded, useRecord } from '../forms/use-record';
import { useRecordForm } from '../forms/use-record-form';
import { useI18n } from '../i18n/translate';
import { Screen } from '../shell/screen';
import { Button } from '../ui/button';
import { Confirm } from '../ui/confirm';
import { CheckField, TextAreaField } from '../ui/field';
import { Notice } from '../ui/notice';
import { problemText } from '../ui/problem-text';
import { notify } from '../ui/toasts';
import { OrderState, STEPS } from './order-status';
import { Timeline, useTimeline } from './timeline';

export default function OrderScreen() {
  const { id } = useParams();
  const { t } = useI18n();
  const query = useRecord<Order>(`/orders/${id}`);
  return (
    <RecordGate
      query={query}
      title={t('orders.one', { id: String(id) })}
      back={{ to: '/orders', label: t('nav.orders') }}
    >
      {(loaded) => <OrderSheet key={`${id} ${loaded.etag}`} loaded={loaded} />}
    </RecordGate>
  );
}

function OrderSheet({ loaded }: { loaded: Loaded<Order> }) {
  const { t } = useI18n();
  const order = loaded.body;
  const timeline = useTimeline(order.id).data;
  return (
    <Screen
      title={t('orders.one', { id: String(order.id) })}
      back={{ to: '/orders', label: t('nav.orders') }}
      badge={<OrderState status={order.status} />}
      actions={
        <>
          <Button icon="print" onClick={() => window.print()}>
            {t('orders.print')}
          </Button>
          <NextSteps loaded={loaded} steps={timeline?.next_statuses ?? []} />
        </>
      }
    >
      <div className="split">
        <div className="stack">
          <OrderItems order={order} />
          {order.status === 'pending' ? <PendingOrderForm loaded={loaded} /> : <OrderDetails order={order} />}
        </div>
        <aside className="stack">
          <OrderCustomer order={order} />
          <Timeline events={timeline?.events ?? []} />
        </aside>
      </div>
    </Screen>
  );
}

function OrderItems({ order }: { order: Order }) {
  const { t, money } = useI18n();
  return (
    <section className="card" aria-labelledby="order-items">
      <h2 id="order-items">{t('orders.items')}</h2>
      <table role="table" className="table table-plain">
        <thead role="rowgroup">
          <tr role="row">
            <th role="columnheader" scope="col">
              {t('orders.product')}
            </th>
            <th role="columnheader" scope="col" className="number">
              {t('orders.unitPrice')}
            </th>
            <th role="columnheader" scope="col" className="number">
              {t('orders.quantity')}
            </th>
            <th role="columnheader" scope="col" className="number">
              {t('orders.subtotal')}
            </th>
          </tr>
        </thead>
        <tbody role="rowgroup">
          {order.items.map((item) => (
            <tr role="row" key={item.id}>
              <td role="cell" data-label={t('orders.product')}>
                <Link className="row-link" to={`/products/${item.product_id}`}>
                  {item.product_name}
                </Link>
              </td>
              <td role="cell" className="number" data-label={t('orders.unitPrice')}>
                {money(item.unit_price)}
              </td>
              <td role="cell" className="number" data-label={t('orders.quantity')}>
                {item.quantity}
              </td>
              <td role="cell" className="number" data-label={t('orders.subtotal')}>
                {money(item.subtotal)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <p className="order-total">
        <span>{t('orders.total')}</span> <strong>{money(order.total)}</strong>
      </p>
    </section>
  );
}

function OrderCustomer({ order }: { order: Order }) {
  const { t, time } = useI18n();
  const customer = useQuery({
    queryKey: ['record', `/users/${order.user_id}`, 'name'],
    queryFn: ({ signal }) => get<User>(`/users/${order.user_id}`, signal),
    enabled: order.user_id !== null,
    retry: false,
  }).data;
  return (
    <section className="card">
      <h2>{t('orders.customer')}</h2>
      {order.user_id === null ? (
        <p>{order.email ?? t('orders.nobody')}</p>
      ) : (
        <p>
          <Link to={`/users/${order.user_id}`}>
            {customer?.name || customer?.username || t('users.number', { id: String(order.user_id) })}
          </Link>
          {customer && <span className="hint"> {customer.email}</span>}
        </p>
      )}
      <p className="hint">{t('orders.placedAt', { time: time(order.created_at) })}</p>
    </section>
  );
}

function OrderDetails({ order }: { order: Order }) {
  const { t } = useI18n();
  return (
    <section className="card">
      <h2>{t('orders.details')}</h2>
      <dl className="facts">
        <dt>{t('orders.shippingAddress')}</dt>
        <dd className="address">{order.shipping_address || '–'}</dd>
        <dt>{t('orders.billingAddress')}</dt>
        <dd className="address">{order.billing_address || '–'}</dd>
        <dt>{t('orders.notes')}</dt>
        <dd className="address">{order.notes || '–'}</dd>
      </dl>
    </section>
  );
}

interface PendingValues {
  shipping_address: string;
  billing_address: string;
  notes: string;
  held: boolean;
}

function pendingValues({ shipping_address, billing_address, notes, held }: Order): PendingValues {
  return { shipping_address, billing_address, notes, held };
}

/** The fields that can be changed while the order is pending. */
function PendingOrderForm({ loaded }: { loaded: Loaded<Order> }) {
  const { t } = useI18n();
  const labels = {
    shipping_address: t('orders.shippingAddress'),
    billing_address: t('orders.billingAddress'),
    notes: t('orders.notes'),
    held: t('orders.held'),
  };
  const { form, submit, isSaving, problem, dialogs } = useRecordForm<Order, PendingValues>({
    path: `/orders/${loaded.body.id}`,
    loaded,
    toValues: pendingValues,
    labels,
  });
  const { errors, isDirty } = form.formState;
  return (
    <form className="card form" onSubmit={submit} noValidate>
      <h2>{t('orders.details')}</h2>
      {problem && <Notice kind="error">{problem}</Notice>}
      <TextAreaField
        label={labels.shipping_address}
        rows={3}
        maxLength={500}
        error={errors.shipping_address?.message}
        {...form.register('shipping_address')}
      />
      <TextAreaField
        label={labels.billing_address}
        rows={3}
        maxLength={500}
        error={errors.billing_address?.message}
        {...form.register('billing_address')}
      />
      <TextAreaField
        label={labels.notes}
        rows={3}
        maxLength={2000}
        error={errors.notes?.message}
        {...form.register('notes')}
      />
      <CheckField label={labels.held} error={errors.held?.message} {...form.register('held')} />
      <FormFooter onReset={() => form.reset()} canReset={isDirty} isSaving={isSaving} />
      {dialogs}
    </form>
  );
}

/** The statuses that may follow the current one, as the API lists them. */
function NextSteps({
  loaded: { body: order, etag },
  steps,
}: {
  loaded: Loaded<Order>;
  steps: OrderStatus[];
}) {
  const i18n = useI18n();
  const { t } = i18n;
  const queries = useQueryClient();
  const [isCancelling, setCancelling] = useState(false);
  const [busy, setBusy] = useState<OrderStatus>();

  const take = async (status: OrderStatus) => {
    await request(`/orders/${order.id}`, { method: 'PATCH', body: { status }, ifMatch: etag });
    notify(t('orders.stepDone', { id: String(order.id), status: t(`status.${status}`) }));
    await queries.invalidateQueries();
  };
  const click = async (status: OrderStatus) => {
    if (status === 'cancelled') return setCancelling(true);
    setBusy(status);
    try {
      await take(status);
    } catch (error) {
      if (error instanceof ApiError && error.status === 412) await queries.invalidateQueries();
      notify(problemText(error, i18n), { kind: 'failed' });
    }
    setBusy(undefined);
    return undefined;
  };

  return (
    <>
      {steps.map((status) => (
        <Button
          key={status}
          icon={STEPS[status].icon}
          kind={status === 'cancelled' ? 'danger' : 'primary'}
          busy={busy === status}
          onClick={() => click(status)}
        >
          {t(STEPS[status].label)}
        </Button>
      ))}
      {isCancelling && (
        <Confirm
          title={t('orders.cancelTitle', { id: String(order.id) })}
          action={t('step.cancelled')}
          danger
          run={() => take('cancelled')}
          onClose={() => setCancelling(false)}
        >
          <p>{t('orders.cancelWhy')}</p>
        </Confirm>
      )}
    </>
  );
}
