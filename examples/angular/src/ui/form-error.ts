import { Component, inject } from '@angular/core';
import { injectErrorText } from './error-text';
import { FormFailure } from './form-failure';

/** The error of the last attempt, in a form that `starts` an action. */
@Component({
  selector: 'shop-form-error',
  host: { style: 'display: contents' },
  template: `
    @if (failure.error(); as error) {
      <p class="notice notice-bad" role="alert">{{ errorText(error) }}</p>
    }
  `,
})
export class FormError {
  protected readonly failure = inject(FormFailure);
  protected readonly errorText = injectErrorText();
}
