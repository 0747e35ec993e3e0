import { Component, computed, inject, Injectable, signal } from '@angular/core';
import type { CartMerge } from '../api/generated/models';
import { I18n } from '../i18n/i18n';

/** The report of the merge of the guest's cart at the last sign-in. */
@Injectable({ providedIn: 'root' })
export class LastMerge {
  readonly merge = signal<CartMerge | undefined>(undefined);
}

/** Lines of the guest's cart that were not merged unchanged. */
@Component({ selector: 'shop-merge-report', templateUrl: './merge-report.html' })
export class MergeReport {
  private readonly last = inject(LastMerge);
  protected readonly t = inject(I18n).t;
  protected readonly price = inject(I18n).price;
  protected readonly merge = computed(() => {
    const merge = this.last.merge();
    return merge && merge.capped.length + merge.gone.length + merge.price_changed.length > 0
      ? merge
      : undefined;
  });

  protected close(): void {
    this.last.merge.set(undefined);
  }
}
