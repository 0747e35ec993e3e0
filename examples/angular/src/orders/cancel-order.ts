import { Component, type ElementRef, inject, input, output, viewChild } from '@angular/core';
import { action } from '../api/action';
import { I18n } from '../i18n/i18n';
import { Announcer } from '../ui/announcer';
import { FailureNotice } from '../ui/failure-notice';

/** Asks first. */
@Component({
  selector: 'shop-cancel-order',
  imports: [FailureNotice],
  template: `
    <button type="button" class="button" (click)="dialog.showModal()">{{ t('orders.cancel') }}</button>
    <shop-failure-notice [error]="cancellation.error()" />
    <dialog #dialog class="dialog" aria-labelledby="cancel-question">
      <p id="cancel-question">{{ t('orders.cancel.ask', { id: orderId() }) }}</p>
      <div class="dialog-buttons">
        <button type="button" class="button" (click)="dialog.close()">{{ t('orders.cancel.no') }}</button>
        <button
          type="button"
          class="button button-danger"
          [attr.aria-busy]="cancellation.isBusy()"
          (click)="cancellation.start()"
        >
          {{ t('orders.cancel.yes') }}
        </button>
      </div>
    </dialog>
  `,
})
export class CancelOrder {
  readonly orderId = input.required<number>();
  readonly cancel = input.required<() => Promise<unknown>>();
  /** Called after success and failure, since the order may have changed. */
  readonly settled = output();
  protected readonly t = inject(I18n).t;
  private readonly announcer = inject(Announcer);
  private readonly dialog = viewChild.required<ElementRef<HTMLDialogElement>>('dialog');

  protected readonly cancellation = action(async () => {
    try {
      await this.cancel()();
      this.announcer.announce({ text: this.t('orders.cancelled') });
    } finally {
      this.dialog().nativeElement.close();
      this.settled.emit();
    }
  });
}
