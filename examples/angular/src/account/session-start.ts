import { inject, Injectable } from '@angular/core';
import { Router } from '@angular/router';
import { CartToken } from '../api/cart-token';
import type { SignedIn } from '../api/generated/models';
import { Session } from '../api/session';
import { LastMerge } from '../cart/merge-report';

type Started = Pick<SignedIn, 'access' | 'refresh' | 'user' | 'cart_merge'>;

@Injectable({ providedIn: 'root' })
export class SessionStart {
  private readonly session = inject(Session);
  private readonly cartToken = inject(CartToken);
  private readonly lastMerge = inject(LastMerge);
  private readonly router = inject(Router);

  /** The headers of a sign-in, which merges the guest's cart into the customer's. */
  guestCart(): { 'X-Cart-Token'?: string } {
    const token = this.cartToken.value();
    return token ? { 'X-Cart-Token': token } : {};
  }

  async startWith({ access, refresh, user, cart_merge }: Started, path: string): Promise<void> {
    this.cartToken.set(null);
    this.lastMerge.merge.set(cart_merge);
    this.session.start({ userId: user.id, name: user.name || user.username, access, refresh });
    await this.router.navigateByUrl(path, { replaceUrl: true });
  }
}
