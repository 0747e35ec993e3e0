import { Component, inject } from '@angular/core';
import { injectErrorText } from './error-text';
import { FormFailure } from './form-failure';

/** In a form that `starts` something: why the last attempt failed. */
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
