import type { HttpClient } from '@angular/common/http';
import { Component, computed, inject, input, ViewEncapsulation } from '@angular/core';
import { RouterLink } from '@angular/router';
import { action } from '../api/action';
import { Api } from '../api/generated/api';
import {
  checkEmailChange,
  checkEmailChangeUndo,
  checkUnsubscribe,
  confirmEmailChange,
  endFavoriteMails,
  undoEmailChange,
} from '../api/generated/functions';
import { query } from '../api/query';
import { I18n } from '../i18n/i18n';
import { FormError } from '../ui/form-error';
import { FormFailure } from '../ui/form-failure';
import { pageTitle } from '../ui/page-title';
import { Pending } from '../ui/pending';
import { InvalidLink, isInvalidLink } from './invalid-link';
import { linkDone } from './link-done';

interface Link {
  uidb64: string;
  token: string;
}

const CHECK = { change: checkEmailChange, undo: checkEmailChangeUndo, unsubscribe: checkUnsubscribe };
const CONFIRM = { change: confirmEmailChange, undo: undoEmailChange, unsubscribe: endFavoriteMails };

/**
 * The page of a mail's link when the API's `FRONTEND_URL` is this shop. It asks first, since programs
 * that follow links must change nothing.
 */
@Component({
  selector: 'shop-confirm-link-page',
  imports: [FormError, FormFailure, InvalidLink, Pending, RouterLink],
  host: { class: 'narrow' },
  template: `
    <h1>{{ t(title()) }}</h1>
    @if (done.isDone()) {
      <p class="notice notice-good" role="status">{{ t(doneText()) }}</p>
      <a routerLink="/" class="button button-primary button-wide">{{ t('state.notFound.home') }}</a>
    } @else if (isInvalid()) {
      <shop-invalid-link next="/account" text="nav.account" />
    } @else if (link.value()) {
      <form [starts]="confirmation" (submit)="$event.preventDefault(); confirmation.start()">
        <p>{{ t(text()) }}</p>
        <shop-form-error />
        <button
          type="submit"
          class="button button-primary button-wide"
          [attr.aria-busy]="confirmation.isBusy()"
        >
          {{ t(submit()) }}
        </button>
      </form>
    } @else {
      <shop-pending [query]="link" />
    }
  `,
  styleUrl: '../../../shared/styles/account.css',
  encapsulation: ViewEncapsulation.None,
})
export class ConfirmLinkPage {
  /** Of the route. */
  readonly kind = input.required<keyof typeof CONFIRM>();
  /** Of the address. */
  readonly uid = input.required<string>();
  readonly token = input.required<string>();
  protected readonly t = inject(I18n).t;
  private readonly api = inject(Api);
  private readonly path = computed(() => ({ uidb64: this.uid(), token: this.token() }));
  protected readonly done = linkDone();
  protected readonly link = query(
    (http: HttpClient, rootUrl: string, path: Link) => CHECK[this.kind()](http, rootUrl, path),
    () => (this.done.isDone() ? undefined : this.path()),
  );
  protected readonly isInvalid = computed(() => isInvalidLink(this.link.error()));
  protected readonly title = computed(() => `link.${this.kind()}.title` as const);
  protected readonly text = computed(() => `link.${this.kind()}.text` as const);
  protected readonly submit = computed(() => `link.${this.kind()}.submit` as const);
  protected readonly doneText = computed(() => `link.${this.kind()}.done` as const);

  protected readonly confirmation = action(async () => {
    await this.api.invoke(CONFIRM[this.kind()], this.path());
    this.done.setDone();
  });

  constructor() {
    pageTitle(() => this.t(this.title()));
  }
}
