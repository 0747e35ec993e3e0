import { Component, inject } from '@angular/core';
import { RouterLink, RouterLinkActive } from '@angular/router';
import { injectSignInParams } from '../account/next-path';
import { Session } from '../api/session';
import { CartStore } from '../cart/cart-store';
import { I18n } from '../i18n/i18n';
import { Icon } from '../ui/icon';
import { SearchBox } from './search-box';

@Component({
  selector: 'shop-header',
  imports: [Icon, RouterLink, RouterLinkActive, SearchBox],
  templateUrl: './header.html',
})
export class Header {
  protected readonly t = inject(I18n).t;
  protected readonly userId = inject(Session).userId;
  protected readonly count = inject(CartStore).count;
  protected readonly signInParams = injectSignInParams();
}
