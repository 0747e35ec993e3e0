import { Component, inject, signal } from '@angular/core';
import { I18n } from '../i18n/i18n';

@Component({
  selector: 'shop-offline-bar',
  host: {
    role: 'status',
    '(window:online)': 'isOnline.set(true)',
    '(window:offline)': 'isOnline.set(false)',
  },
  template: `
    @if (!isOnline()) {
      <p class="offline-bar">{{ t('state.offline') }}</p>
    }
  `,
})
export class OfflineBar {
  protected readonly t = inject(I18n).t;
  protected readonly isOnline = signal(navigator.onLine);
}
