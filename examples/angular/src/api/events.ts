import { DestroyRef, effect, inject } from '@angular/core';
import { watchEvents } from '../../../shared/events/watch-events';
import { ApiConfiguration } from './generated/api-configuration';
import type { Product } from './generated/models';
import { Session } from './session';

type Stock = Pick<Product, 'stock' | 'available'>;

/** Reports changes of a product's stock while the page is open. @param reread called when one may have been missed */
export function watchStock(
  productId: () => number | undefined,
  told: (stock: Stock) => void,
  reread: () => void,
): void {
  const { rootUrl } = inject(ApiConfiguration);
  effect((onCleanup) => {
    const id = productId();
    if (id === undefined) return;
    const stop = watchEvents({
      url: `${rootUrl}/api/events?products=${id}`,
      headers: async () => ({}),
      onReady: (isFirst) => !isFirst && reread(),
      onEvent: (_name, data) => {
        const { stock, available } = data as Stock;
        told({ stock, available });
      },
    });
    onCleanup(stop);
  });
}

/** Reports changes of the customer's orders while the page is open. */
export function watchOrders(changed: () => void): void {
  const { rootUrl } = inject(ApiConfiguration);
  const session = inject(Session);
  const stop = watchEvents({
    url: `${rootUrl}/api/events`,
    headers: async () => ({ Authorization: `Bearer ${await session.accessToken()}` }),
    onReady: changed,
    onEvent: changed,
  });
  inject(DestroyRef).onDestroy(stop);
}
