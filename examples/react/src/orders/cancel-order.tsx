import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRef } from 'react';
import { useText } from '../i18n/language';
import { useAnnounce } from '../ui/announcer';
import { useErrorText } from '../ui/error-text';

interface Props {
  orderId: number;
  cancel: () => Promise<unknown>;
}

export function CancelOrder({ orderId, cancel }: Props) {
  const { t } = useText();
  const dialog = useRef<HTMLDialogElement>(null);
  const errorText = useErrorText();
  const announce = useAnnounce();
  const queryClient = useQueryClient();

  const cancellation = useMutation({
    mutationFn: cancel,
    onSuccess: () => announce(t('orders.cancelled')),
    onSettled: () => {
      dialog.current?.close();
      void queryClient.invalidateQueries(); // the order, its history, the lists, and the stock
    },
  });

  return (
    <>
      <button type="button" className="button" onClick={() => dialog.current?.showModal()}>
        {t('orders.cancel')}
      </button>
      {cancellation.isError && (
        <p className="notice notice-bad" role="alert">
          {errorText(cancellation.error)}
        </p>
      )}
      <dialog ref={dialog} className="dialog" aria-labelledby="cancel-question">
        <p id="cancel-question">{t('orders.cancel.ask', { id: orderId })}</p>
        <div className="dialog-buttons">
          <button type="button" className="button" onClick={() => dialog.current?.close()}>
            {t('orders.cancel.no')}
          </button>
          <button
            type="button"
            className="button button-danger"
            aria-busy={cancellation.isPending}
            onClick={() => !cancellation.isPending && cancellation.mutate()}
          >
            {t('orders.cancel.yes')}
          </button>
        </div>
      </dialog>
    </>
  );
}
