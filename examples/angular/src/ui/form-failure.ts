import { afterRenderEffect, computed, Directive, ElementRef, inject, input } from '@angular/core';
import type { Action } from '../api/action';
import { ApiError } from '../api/api-error';

/**
 * The action of a form. The API's `errors` are shown at the fields with their names, and the focus moves to the
 * first of them. The browser validates before what it can.
 */
@Directive({ selector: 'form[starts]', host: { class: 'form', '[attr.aria-busy]': 'starts().isBusy()' } })
export class FormFailure {
  readonly starts = input.required<Action<never, unknown>>();
  /** Errors that the page shows itself. */
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
