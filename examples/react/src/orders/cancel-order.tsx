import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRef } from 'react';
import {
  getCartQueryKey,
  getOrderQueryKey,
  listMyOrdersQueryKey,
} from '../api/generated/@tanstack/react-query.gen';
import { updateOrder } from '../api/generated/sdk.gen';
import type { Order } from '../api/generated/types.gen';
import { useText } from '../i18n/language';
import { useAnnounce } from '../ui/announcer';
import { useErrorText } from '../ui/error-text';

export function CancelOrder({ order }: { order: Order }) {
  const { t } = useText();
  const dialog = useRef<HTMLDialogElement>(null);
  const errorText = useErrorText();
  const announce = useAnnounce();
  const queryClient = useQueryClient();

  const cancel = useMutation({
    mutationFn: async () =>
      (await updateOrder({ path: { id: order.id }, body: { status: 'cancelled' } })).data,
    onSuccess: () => announce(t('orders.cancelled')),
    onSettled: () => {
      dialog.current?.close();
      void queryClient.invalidateQueries({ queryKey: getOrderQueryKey({ path: { id: order.id } }) });
      void queryClient.invalidateQueries({ queryKey: listMyOrdersQueryKey() });
      void queryClient.invalidateQueries({ queryKey: getCartQueryKey() });
    },
  });

  return (
    <>
      <button type="button" className="button" onClick={() => dialog.current?.showModal()}>
        {t('orders.cancel')}
      </button>
      {cancel.isError && (
        <p className="notice notice-bad" role="alert">
          {errorText(cancel.error)}
        </p>
      )}
      <dialog ref={dialog} className="dialog" aria-labelledby="cancel-question">
        <p id="cancel-question">{t('orders.cancel.ask', { id: order.id })}</p>
        <div className="dialog-buttons">
          <button type="button" className="button" onClick={() => dialog.current?.close()}>
            {t('orders.cancel.no')}
          </button>
          <button
            type="button"
            className="button button-danger"
            aria-busy={cancel.isPending}
            onClick={() => !cancel.isPending && cancel.mutate()}
          >
            {t('orders.cancel.yes')}
          </button>
        </div>
      </dialog>
    </>
  );
}
