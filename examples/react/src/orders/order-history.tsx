import { useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { listOrderEventsOptions } from '../api/generated/@tanstack/react-query.gen';
import { useText } from '../i18n/language';
import type { TextKey } from '../../../shared/texts/texts';
import { en } from '../../../shared/texts/en';
import { QueryView } from '../ui/query-view';

/** @param version a new version of the order has a new event */
export function OrderHistory({ orderId, version }: { orderId: number; version: number }) {
  const { t, moment } = useText();
  const history = useQuery(listOrderEventsOptions({ path: { id: orderId } }));
  const { refetch } = history;
  useEffect(() => void refetch(), [refetch, version]);
  return (
    <QueryView query={history}>
      {({ results }) => (
        <ol className="history">
          {results.map((event) => (
            <li key={event.version}>
              <strong>{t(eventText(event.event))}</strong>
              <time dateTime={event.created_at}>{moment(event.created_at)}</time>
            </li>
          ))}
        </ol>
      )}
    </QueryView>
  );
}

/** A newer API may have events without a text here. */
function eventText(event: string): TextKey {
  const key = `orders.event.${event}`;
  return key in en ? (key as TextKey) : 'orders.event.other';
}
