import { effect } from '@angular/core';

/** A screen reader says the title first when a page comes. */
export function pageTitle(title: () => string): void {
  effect(() => (document.title = `${title()} · Comptoir`));
}
