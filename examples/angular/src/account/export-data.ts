import { Component, inject } from '@angular/core';
import { action } from '../api/action';
import { Api } from '../api/generated/api';
import { exportMe } from '../api/generated/functions';
import { I18n } from '../i18n/i18n';
import { FailureNotice } from '../ui/failure-notice';

@Component({
  selector: 'shop-export-data',
  imports: [FailureNotice],
  template: `
    <h3>{{ t('account.export.title') }}</h3>
    <p class="muted">{{ t('account.export.text') }}</p>
    <button type="button" class="button" [attr.aria-busy]="download.isBusy()" (click)="download.start()">
      {{ t('account.export.submit') }}
    </button>
    <shop-failure-notice [error]="download.error()" />
  `,
})
export class ExportData {
  protected readonly t = inject(I18n).t;
  private readonly api = inject(Api);

  protected readonly download = action(async () => {
    const data = await this.api.invoke(exportMe);
    const file = new Blob([JSON.stringify(data, null, 2)], { type: 'application/json' });
    const url = URL.createObjectURL(file);
    Object.assign(document.createElement('a'), { href: url, download: 'comptoir-data.json' }).click();
    URL.revokeObjectURL(url);
  });
}
