import { Component, DestroyRef, inject, signal } from '@angular/core';
import { I18n } from '../i18n/i18n';

/** Says after a few seconds that loading continues. */
@Component({
  selector: 'shop-slow-note',
  host: { role: 'status' },
  template: `
    @if (isSlow()) {
      <p class="slow-note">{{ t('state.slow') }}</p>
    }
  `,
})
export class SlowNote {
  protected readonly t = inject(I18n).t;
  protected readonly isSlow = signal(false);

  constructor() {
    const timer = setTimeout(() => this.isSlow.set(true), 4000);
    inject(DestroyRef).onDestroy(() => clearTimeout(timer));
  }
}
