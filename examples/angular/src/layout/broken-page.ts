import { inject, Injectable, signal } from '@angular/core';

/** Whether a page failed because its script did not load. */
@Injectable({ providedIn: 'root' })
export class BrokenPage {
  readonly isBroken = signal(false);
}

export function reportBrokenPage(): void {
  inject(BrokenPage).isBroken.set(true);
}
