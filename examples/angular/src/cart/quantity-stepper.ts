import { Component, inject, input, linkedSignal, output } from '@angular/core';
import { I18n } from '../i18n/i18n';

/** A whole number from 1; typed values take effect on blur, or by Enter. */
@Component({
  selector: 'shop-quantity-stepper',
  host: { class: 'stepper', role: 'group', '[attr.aria-label]': 'label()' },
  template: `
    <button
      type="button"
      [attr.aria-label]="t('cart.less')"
      [disabled]="isDisabled() || value() <= 1"
      (click)="take(value() - 1)"
    >
      −
    </button>
    <input
      #box
      type="number"
      inputmode="numeric"
      min="1"
      [attr.aria-label]="label()"
      [attr.max]="max()"
      [value]="typed()"
      [disabled]="isDisabled()"
      (input)="typed.set(box.value)"
      (blur)="take(Number(box.value))"
      (keydown.enter)="take(Number(box.value))"
    />
    <button
      type="button"
      [attr.aria-label]="t('cart.more')"
      [disabled]="isDisabled() || value() >= max()"
      (click)="take(value() + 1)"
    >
      +
    </button>
  `,
})
export class QuantityStepper {
  readonly label = input.required<string>();
  readonly value = input.required<number>();
  readonly max = input.required<number>();
  readonly isDisabled = input(false);
  readonly choose = output<number>();
  protected readonly t = inject(I18n).t;
  protected readonly typed = linkedSignal(() => String(this.value()));
  protected readonly Number = Number;

  protected take(quantity: number): void {
    const possible = Math.min(Math.max(1, Math.trunc(quantity) || 1), this.max());
    this.typed.set(String(possible));
    if (possible !== this.value()) this.choose.emit(possible);
  }
}
