import { Component, inject } from '@angular/core';
import { action } from '../api/action';
import { Api } from '../api/generated/api';
import { endOtherSessions, endSession, listSessions } from '../api/generated/functions';
import { query } from '../api/query';
import { I18n } from '../i18n/i18n';
import { FailureNotice } from '../ui/failure-notice';
import { Pending } from '../ui/pending';

@Component({
  selector: 'shop-sessions',
  imports: [FailureNotice, Pending],
  templateUrl: './sessions.html',
})
export class Sessions {
  protected readonly t = inject(I18n).t;
  protected readonly moment = inject(I18n).moment;
  private readonly api = inject(Api);
  protected readonly sessions = query(listSessions, () => ({}));

  protected readonly end = action((id: string) =>
    this.api.invoke(endSession, { id }).finally(() => this.reload()),
  );
  protected readonly endOthers = action(() => this.api.invoke(endOtherSessions).finally(() => this.reload()));

  reload(): void {
    this.sessions.reload();
  }
}
