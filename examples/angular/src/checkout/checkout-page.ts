import {
  afterRenderEffect,
  Component,
  type ElementRef,
  inject,
  viewChild,
  ViewEncapsulation,
} from '@angular/core';
import { RouterLink } from '@angular/router';
import { SessionEnded } from '../account/session-ended';
import { getUser } from '../api/generated/functions';
import { query } from '../api/query';
import { Session } from '../api/session';
import { CartStore } from '../cart/cart-store';
import { I18n } from '../i18n/i18n';
import { pageTitle } from '../ui/page-title';
import { Pending } from '../ui/pending';
import { CheckoutForm } from './checkout-form';
import { OrderPlacement } from './order-placement';

@Component({
  selector: 'shop-checkout-page',
  imports: [CheckoutForm, Pending, RouterLink, SessionEnded],
  providers: [OrderPlacement],
  templateUrl: './checkout-page.html',
  styleUrl: '../../../shared/styles/cart.css',
  encapsulation: ViewEncapsulation.None,
})
export class CheckoutPage {
  protected readonly t = inject(I18n).t;
  protected readonly placement = inject(OrderPlacement);
  protected readonly cart = inject(CartStore).cart;
  protected readonly userId = inject(Session).userId;
  protected readonly hasSessionEnded = inject(Session).hasEnded;
  protected readonly user = query(getUser, () => {
    const id = this.userId();
    return id === null ? undefined : { id };
  });

  private readonly notice = viewChild<ElementRef<HTMLElement>>('notice');

  constructor() {
    pageTitle(() => this.t('checkout.title'));
    this.cart.reload();
    // On a phone the pressed button is far below.
    afterRenderEffect(() => this.notice()?.nativeElement.scrollIntoView({ block: 'center' }));
  }
}
