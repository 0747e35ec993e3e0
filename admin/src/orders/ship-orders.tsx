import { useState } from 'react';
import type { OrderStatus } from '../api/types';
import { BulkDialog } from '../bulk/bulk-dialog';
import { useI18n } from '../i18n/translate';
import type { Selection } from '../lists/list-types';
import { Button } from '../ui/button';

export function ShipOrders({ selection, onDone }: { selection: Selection; onDone: () => void }) {
  const { t } = useI18n();
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button kind="primary" icon="truck" onClick={() => setOpen(true)}>
        {t('bulk.do.ship')}
      </Button>
      {isOpen && (
        <BulkDialog
          title={t('bulk.do.ship')}
          model="orders"
          selection={selection}
          toAction={() => ({ kind: 'ship' })}
          shown={(status) => t(`status.${status as OrderStatus}`)}
          onDone={onDone}
          onClose={() => setOpen(false)}
        />
      )}
    </>
  );
}
