/** Types of events. Triggers write these names; see the migration `webhooks`. */
export const WEBHOOK_EVENT_TYPES = [
  'order.placed',
  'order.paid',
  'order.shipped',
  'order.delivered',
  'order.cancelled',
  'order.expired',
  'stock.low',
  'product.changed',
] as const;

export type WebhookEventType = (typeof WEBHOOK_EVENT_TYPES)[number];

/** Event types that are only sent on request. */
export const TEST_EVENT = 'webhook.test';
