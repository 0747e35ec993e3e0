import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { get } from '../api/client';
import type { OrderStatus } from '../api/types';
import { type I18n, useI18n } from '../i18n/translate';
import { columnLabel, valueLabel } from '../models/model-texts';
import { rowAddress } from '../models/row-address';
import { Badge } from '../ui/badge';

interface TimelineEvent {
  at: string;
  kind: 'status' | 'stock' | 'mail';
  event: string;
  actor_id: number | null;
  actor_name: string | null;
  /** Before and after, by field. */
  changes: Record<string, unknown> | null;
  products: Movement[] | null;
  mail: TimelineMail | null;
}

interface TimelineMail {
  id: number;
  status: string;
  email: string | null;
  subject: string | null;
  last_error: string | null;
}

interface OrderTimeline {
  next_statuses: OrderStatus[];
  events: TimelineEvent[];
}

export function useTimeline(orderId: number) {
  const path = `/admin/orders/${orderId}/timeline`;
  return useQuery({ queryKey: [path], queryFn: ({ signal }) => get<OrderTimeline>(path, signal) });
}

/** Events of the order with their users, the newest first. */
export function Timeline({ events }: { events: TimelineEvent[] }) {
  const i18n = useI18n();
  const { t, time } = i18n;
  return (
    <section className="card" aria-labelledby="order-timeline">
      <h2 id="order-timeline">{t('orders.timeline')}</h2>
      <ol className="timeline">
        {events.toReversed().map((event) => (
          <li key={`${event.at} ${event.kind} ${event.event} ${event.mail?.id ?? ''}`}>
            <strong>{whatHappened(event, i18n)}</strong>
            {event.products && <Movements products={event.products} />}
            {event.mail && <Mail {...event.mail} />}
            <span className="hint">
              <time dateTime={event.at}>{time(event.at)}</time>
              {' · '}
              {event.actor_name ?? t('orders.byShop')}
            </span>
          </li>
        ))}
      </ol>
    </section>
  );
}

function Mail({ id, status, email, subject, last_error: error }: TimelineMail) {
  const i18n = useI18n();
  return (
    <span className="hint">
      <Link to={rowAddress('mails', id)}>{[email, subject].filter(Boolean).join(' · ') || `#${id}`}</Link>{' '}
      <Badge kind={status === 'failed' ? 'bad' : 'plain'}>{valueLabel(status, i18n)}</Badge>
      {error && ` ${error}`}
    </span>
  );
}

interface Movement {
  id: number;
  name: string;
  delta: number;
  stock_after: number;
}

function Movements({ products }: { products: Movement[] }) {
  const { t } = useI18n();
  return (
    <ul className="hint">
      {products.map(({ id, name, delta, stock_after: after }) => (
        <li key={id}>{t('orders.moved', { name, delta: delta > 0 ? `+${delta}` : `−${-delta}`, after })}</li>
      ))}
    </ul>
  );
}

function whatHappened({ kind, event, changes }: TimelineEvent, i18n: I18n): string {
  const { t, tOr } = i18n;
  if (kind === 'stock') return t('orders.stockMoved');
  if (kind === 'mail') return t('orders.mail', { what: valueLabel(event, i18n) });
  const status = Array.isArray(changes?.status) ? (changes.status[1] as string) : undefined;
  if (status) return t('orders.became', { status: tOr(`status.${status}`, status) });
  const named = tOr(`orders.event.${event}`, event);
  const fields = Object.keys(changes ?? {}).map((field) => columnLabel(field, i18n));
  return fields.length > 0 ? `${named}: ${fields.join(', ')}` : named;
}
