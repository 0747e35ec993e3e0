import { Injectable, signal } from '@angular/core';
import { onStoredElsewhere, readStored, writeStored } from './storage';

const STORAGE_KEY = 'comptoir.cart';

/** Opens the cart of somebody who is not signed in; the API gives it with the first product, and takes it at sign-in. */
@Injectable({ providedIn: 'root' })
export class CartToken {
  private readonly token = signal(readStored(STORAGE_KEY));
  readonly value = this.token.asReadonly();

  constructor() {
    onStoredElsewhere(STORAGE_KEY, () => this.reread());
  }

  set(token: string | null): void {
    writeStored(STORAGE_KEY, token);
    this.token.set(token);
  }

  /** It has run out; unless another tab has a new one already. */
  forget(token: string): void {
    if (this.reread() === token) this.set(null);
  }

  /** As the last tab left it, which this one may not have heard of yet. */
  reread(): string | null {
    const stored = readStored(STORAGE_KEY);
    this.token.set(stored);
    return stored;
  }
}
