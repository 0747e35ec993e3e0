import type { OrderStatus } from '../api/types';
import { type MessageKey, useI18n } from '../i18n/translate';
import type { IconName } from '../ui/icon';
import { Badge } from '../ui/badge';

const KINDS = {
  pending: 'warn',
  paid: 'bad',
  shipped: 'plain',
  delivered: 'good',
  cancelled: 'plain',
} as const;

export function OrderState({ status }: { status: OrderStatus }) {
  const { t } = useI18n();
  return <Badge kind={KINDS[status]}>{t(`status.${status}`)}</Badge>;
}

/** The text of the button for each next status. */
export const STEPS: Record<OrderStatus, { label: MessageKey; icon: IconName }> = {
  pending: { label: 'step.paid', icon: 'check' },
  paid: { label: 'step.paid', icon: 'check' },
  shipped: { label: 'step.shipped', icon: 'truck' },
  delivered: { label: 'step.delivered', icon: 'check' },
  cancelled: { label: 'step.cancelled', icon: 'close' },
};
