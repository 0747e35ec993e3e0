import { inject, Injectable, signal } from '@angular/core';

/** Whether a page could not be shown, as its script did not load. */
@Injectable({ providedIn: 'root' })
export class BrokenPage {
  readonly isBroken = signal(false);
}

export function reportBrokenPage(): void {
  inject(BrokenPage).isBroken.set(true);
}
