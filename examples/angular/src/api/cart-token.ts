import { Injectable, signal } from '@angular/core';
import { onStoredElsewhere, readStored, writeStored } from './storage';

const STORAGE_KEY = 'comptoir.cart';

/** The token of a guest's cart. The API returns it with the first product, and merges the cart at sign-in. */
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

  /** Deletes an expired token, unless another tab has already replaced it. */
  forget(token: string): void {
    if (this.reread() === token) this.set(null);
  }

  /** As stored by any tab; this tab may not have been notified yet. */
  reread(): string | null {
    const stored = readStored(STORAGE_KEY);
    this.token.set(stored);
    return stored;
  }
}
