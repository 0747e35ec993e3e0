import { Component, computed, inject, input, linkedSignal } from '@angular/core';
import { action } from '../api/action';
import { ApiError } from '../api/api-error';
import { Api } from '../api/generated/api';
import { addCartItem } from '../api/generated/functions';
import type { AddCartItem, Product } from '../api/generated/models';
import { newIntentKey } from '../api/intent';
import { CartStore } from '../cart/cart-store';
import { QuantityStepper } from '../cart/quantity-stepper';
import { I18n } from '../i18n/i18n';
import { Announcer } from '../ui/announcer';
import { FailureNotice } from '../ui/failure-notice';

@Component({
  selector: 'shop-add-to-cart',
  imports: [FailureNotice, QuantityStepper],
  template: `
    <form class="add-to-cart" (submit)="$event.preventDefault(); add.start()">
      <shop-quantity-stepper
        [label]="t('product.quantity')"
        [value]="quantity()"
        [max]="max()"
        [isDisabled]="!product().available"
        (choose)="quantity.set($event)"
      />
      <button
        type="submit"
        class="button button-primary"
        [disabled]="!product().available"
        [attr.aria-busy]="add.isBusy()"
      >
        {{ t(product().available ? 'product.add' : 'product.outOfStock') }}
      </button>
      <shop-failure-notice [error]="add.error()" />
    </form>
  `,
})
export class AddToCart {
  readonly product = input.required<Product>();
  protected readonly t = inject(I18n).t;
  private readonly api = inject(Api);
  private readonly cart = inject(CartStore).cart;
  private readonly announcer = inject(Announcer);
  private readonly productId = computed(() => this.product().id);
  protected readonly quantity = linkedSignal({ source: this.productId, computation: () => 1 });
  protected readonly max = computed(() => Math.max(1, this.product().stock));

  /** The last request without a response: the next click repeats it with the same key, so that nothing is added twice. */
  private unanswered?: { key: string; body: AddCartItem };

  protected readonly add = action(async () => {
    const { id, name } = this.product();
    const body = { product_id: id, quantity: this.quantity() };
    const isSame = JSON.stringify(this.unanswered?.body) === JSON.stringify(body);
    const { key } = (this.unanswered = isSame ? this.unanswered! : { key: newIntentKey(), body });
    try {
      await this.api.invoke(addCartItem, { body, 'Idempotency-Key': key });
      this.unanswered = undefined;
    } catch (error) {
      if (!(error instanceof ApiError && error.isTransient)) this.unanswered = undefined;
      throw error;
    } finally {
      this.cart.reload();
    }
    this.quantity.set(1);
    this.announcer.announce({
      text: this.t('product.added', { name }),
      link: { to: '/cart', text: this.t('product.toCart') },
    });
  });
}
