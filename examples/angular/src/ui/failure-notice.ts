import { Component, input } from '@angular/core';
import { injectErrorText } from './error-text';

/** The error of a button's action. */
@Component({
  selector: 'shop-failure-notice',
  host: { style: 'display: contents' },
  template: `
    @if (error(); as reason) {
      <p class="notice notice-bad" role="alert">{{ errorText(reason) }}</p>
    }
  `,
})
export class FailureNotice {
  readonly error = input.required<unknown>();
  protected readonly errorText = injectErrorText();
}
