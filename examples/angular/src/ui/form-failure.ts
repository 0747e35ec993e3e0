import { afterRenderEffect, computed, Directive, ElementRef, inject, input } from '@angular/core';
import type { Action } from '../api/action';
import { ApiError } from '../api/api-error';

/**
 * On a form: what it starts. The API's `errors` go to the fields of their names, and the keyboard and the screen reader to
 * the first of them. The browser checks what it can before.
 */
@Directive({ selector: 'form[starts]', host: { class: 'form', '[attr.aria-busy]': 'starts().isBusy()' } })
export class FormFailure {
  readonly starts = input.required<Action<never, unknown>>();
  /** Failures that the page shows in its own way. */
  readonly except = input(false);

  readonly error = computed(() => (this.except() ? undefined : this.starts().error()));
  readonly errors = computed(() => {
    const error = this.error();
    return error instanceof ApiError ? error.errors : {};
  });

  constructor() {
    const form = inject<ElementRef<HTMLFormElement>>(ElementRef).nativeElement;
    afterRenderEffect(() => {
      if (this.error()) form.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
    });
  }
}
