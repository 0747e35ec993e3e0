import type { OrderStatus } from '../api/generated/types.gen';
import { useText } from '../i18n/language';

export function OrderStatusBadge({ status }: { status: OrderStatus }) {
  const { t } = useText();
  return (
    <span className="badge" data-status={status}>
      {t(`orders.status.${status}`)}
    </span>
  );
}
