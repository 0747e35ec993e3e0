import { Component, computed, inject, input, linkedSignal } from '@angular/core';
import { RouterLink } from '@angular/router';
import { action } from '../api/action';
import { Api } from '../api/generated/api';
import { removeCartItem, updateCartItem } from '../api/generated/functions';
import type { CartItem } from '../api/generated/models';
import { I18n } from '../i18n/i18n';
import { ProductPicture } from '../product/product-picture';
import { Announcer } from '../ui/announcer';
import { injectErrorText } from '../ui/error-text';
import { CartStore } from './cart-store';
import { QuantityStepper } from './quantity-stepper';

@Component({
  selector: '[shop-cart-line]',
  imports: [ProductPicture, QuantityStepper, RouterLink],
  host: { '[attr.aria-busy]': 'change.isBusy() || remove.isBusy()' },
  templateUrl: './cart-line.html',
})
export class CartLine {
  readonly item = input.required<CartItem>();
  protected readonly t = inject(I18n).t;
  protected readonly price = inject(I18n).price;
  private readonly api = inject(Api);
  private readonly cart = inject(CartStore).cart;
  private readonly announcer = inject(Announcer);
  private readonly errorText = injectErrorText();

  protected readonly max = computed(() => Math.max(1, this.item().product.stock));
  protected readonly stateText = computed(() => {
    const { state, product } = this.item();
    return state === 'available' ? '' : this.t(`cart.state.${state}`, { stock: product.stock });
  });
  protected readonly failure = computed(() => {
    const error = this.change.error() ?? this.remove.error();
    return error ? this.errorText(error) : '';
  });

  /** The chosen quantity, until the cart has it. */
  protected readonly quantity = linkedSignal(() => this.item().quantity);

  // Sends no version: of two tabs that set a quantity, the last one wins.
  protected readonly change = action(async (quantity: number) => {
    this.quantity.set(quantity);
    try {
      await this.api.invoke(updateCartItem, { id: this.item().id, body: { quantity } });
    } catch (error) {
      this.quantity.set(this.item().quantity);
      throw error;
    } finally {
      this.cart.reload();
    }
  });
  protected readonly remove = action(async () => {
    const { id, product } = this.item();
    await this.api.invoke(removeCartItem, { id }).finally(() => this.cart.reload());
    this.announcer.announce({ text: this.t('cart.removed', { name: product.name }) });
  });
}
