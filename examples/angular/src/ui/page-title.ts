import { effect } from '@angular/core';

/** Screen readers announce the title of a new page first. */
export function pageTitle(title: () => string): void {
  effect(() => (document.title = `${title()} · Comptoir`));
}
