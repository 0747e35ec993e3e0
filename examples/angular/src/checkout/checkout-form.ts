import { Component, inject, input, linkedSignal, type OnInit } from '@angular/core';
import { NonNullableFormBuilder, ReactiveFormsModule } from '@angular/forms';
import { RouterLink } from '@angular/router';
import { injectSignInParams } from '../account/next-path';
import type { Cart, CartItem, User } from '../api/generated/models';
import { I18n } from '../i18n/i18n';
import { Field } from '../ui/field';
import { FormError } from '../ui/form-error';
import { FormFailure } from '../ui/form-failure';
import { OrderPlacement } from './order-placement';

/** The shown total is sent; when the total differs by then, the form shows it and asks. */
@Component({
  selector: 'shop-checkout-form',
  imports: [Field, FormError, FormFailure, ReactiveFormsModule, RouterLink],
  templateUrl: './checkout-form.html',
})
export class CheckoutForm implements OnInit {
  readonly cart = input.required<Cart>();
  /** Missing for a guest, who enters an e-mail. */
  readonly user = input<User>();
  protected readonly t = inject(I18n).t;
  protected readonly price = inject(I18n).price;
  protected readonly signInParams = injectSignInParams();
  protected readonly placement = inject(OrderPlacement);
  protected readonly place = this.placement.place;
  protected readonly isSameAddress = linkedSignal(() => {
    const { shipping_address, billing_address } = this.user() ?? {};
    return !billing_address || billing_address === shipping_address;
  });
  protected readonly form = inject(NonNullableFormBuilder).group({
    email: '',
    shipping_address: '',
    billing_address: '',
    notes: '',
  });

  ngOnInit(): void {
    const { shipping_address, billing_address } = this.user() ?? {};
    this.form.patchValue({
      shipping_address: shipping_address ?? '',
      billing_address: billing_address ?? '',
    });
  }

  protected stateText({ state, product }: CartItem): string {
    return state === 'available' ? '' : this.t(`cart.state.${state}`, { stock: product.stock });
  }

  protected order(): void {
    const { email, shipping_address, billing_address, notes } = this.form.getRawValue();
    void this.place.start({
      email: this.user() ? undefined : email,
      shipping_address,
      billing_address: this.isSameAddress() ? shipping_address : billing_address,
      notes,
      expected_total: this.cart().total,
    });
  }
}
