import { useEffect, useEffectEvent } from 'react';
import { watchEvents } from '../../../shared/events/watch-events';
import { API_URL } from '../base';
import { accessToken } from './access-token';
import type { Product } from './generated/types.gen';

export type Stock = Pick<Product, 'stock' | 'available'>;

/** Reports changes of a product's stock while the page is open. @param reread called when one may have been missed */
export function useStockEvents(
  productId: number | undefined,
  onStock: (stock: Stock) => void,
  reread: () => void,
): void {
  const report = useEffectEvent(onStock);
  const rereadNow = useEffectEvent(reread);
  useEffect(() => {
    if (productId === undefined) return;
    return watchEvents({
      url: `${API_URL}/api/events?products=${productId}`,
      headers: async () => ({}),
      onReady: (isFirst) => !isFirst && rereadNow(),
      onEvent: (_name, data) => {
        const { stock, available } = data as Stock;
        report({ stock, available });
      },
    });
  }, [productId]);
}

/** Reports changes of the customer's orders while the page is open. */
export function useOrderEvents(changed: () => void): void {
  const report = useEffectEvent(changed);
  useEffect(
    () =>
      watchEvents({
        url: `${API_URL}/api/events`,
        headers: async () => ({ Authorization: `Bearer ${await accessToken()}` }),
        onReady: () => report(),
        onEvent: () => report(),
      }),
    [],
  );
}
