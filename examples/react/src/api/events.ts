import { useEffect, useEffectEvent } from 'react';
import { watchEvents } from '../../../shared/events/watch-events';
import { API_URL } from '../base';
import { accessToken } from './access-token';
import type { Product } from './generated/types.gen';

export type Stock = Pick<Product, 'stock' | 'available'>;

/** Tells of a product's stock as it changes, as long as the page is open. @param reread when it may have been missed */
export function useStockEvents(
  productId: number | undefined,
  told: (stock: Stock) => void,
  reread: () => void,
): void {
  const tell = useEffectEvent(told);
  const rereadNow = useEffectEvent(reread);
  useEffect(() => {
    if (productId === undefined) return;
    return watchEvents({
      url: `${API_URL}/api/events?products=${productId}`,
      headers: async () => ({}),
      onReady: (isFirst) => !isFirst && rereadNow(),
      onEvent: (_name, data) => {
        const { stock, available } = data as Stock;
        tell({ stock, available });
      },
    });
  }, [productId]);
}

/** Tells when an order of the customer has changed, as long as the page is open. */
export function useOrderEvents(changed: () => void): void {
  const tell = useEffectEvent(changed);
  useEffect(
    () =>
      watchEvents({
        url: `${API_URL}/api/events`,
        headers: async () => ({ Authorization: `Bearer ${await accessToken()}` }),
        onReady: () => tell(),
        onEvent: () => tell(),
      }),
    [],
  );
}
