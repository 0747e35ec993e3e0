import { Component, inject, input } from '@angular/core';
import type { Query } from '../api/query';
import { I18n } from '../i18n/i18n';
import { injectErrorText } from './error-text';
import { Loading } from './loading';
import { SlowNote } from './slow-note';

/**
 * Shown while a response is missing: loading, slow, or failed with a button to retry. Its content is a skeleton
 * of the content's size, so that nothing moves when it arrives.
 */
@Component({
  selector: 'shop-pending',
  imports: [Loading, SlowNote],
  template: `
    @if (query().error(); as error) {
      <div class="empty" role="alert">
        <p>{{ errorText(error) }}</p>
        <button type="button" class="button" (click)="query().reload()">{{ t('state.retry') }}</button>
      </div>
    } @else {
      <ng-content><shop-loading /></ng-content>
      <shop-slow-note />
    }
  `,
})
export class Pending {
  readonly query = input.required<Query<unknown>>();
  protected readonly t = inject(I18n).t;
  protected readonly errorText = injectErrorText();
}
