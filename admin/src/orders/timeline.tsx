import { useQuery } from '@tanstack/react-query';
import { get } from '../api/client';
import type { OrderStatus, Page } from '../api/types';
import { type I18n, useI18n } from '../i18n/translate';

interface OrderEvent {
  version: number;
  event: string;
  source: string;
  actor_id: number | null;
  actor_role: string | null;
  changes: Record<string, unknown[]>;
  created_at: string;
}

export function Timeline({ orderId }: { orderId: number }) {
  const i18n = useI18n();
  const { t, time, tOr } = i18n;
  const { data } = useQuery({
    queryKey: [`/orders/${orderId}/history`],
    queryFn: ({ signal }) => get<Page<OrderEvent>>(`/orders/${orderId}/history`, signal),
  });
  return (
    <section className="card" aria-labelledby="order-timeline">
      <h2 id="order-timeline">{t('orders.timeline')}</h2>
      <ol className="timeline">
        {data?.results.toReversed().map((event) => (
          <li key={event.version}>
            <strong>{whatHappened(event, i18n)}</strong>
            <span className="hint">
              <time dateTime={event.created_at}>{time(event.created_at)}</time>
              {' · '}
              {event.actor_id
                ? t('orders.by', {
                    who: tOr(`role.${event.actor_role}`, event.actor_role ?? ''),
                    id: String(event.actor_id),
                  })
                : t('orders.byShop')}
            </span>
          </li>
        ))}
      </ol>
    </section>
  );
}

function whatHappened({ event, changes }: OrderEvent, { t, tOr }: I18n): string {
  const status = changes.status?.[1] as OrderStatus | undefined;
  if (status) return t('orders.became', { status: t(`status.${status}`) });
  const fields = Object.keys(changes).map((field) => tOr(`field.${field}`, field));
  const named = tOr(`orders.event.${event}`, event);
  return fields.length > 0 ? `${named}: ${fields.join(', ')}` : named;
}
