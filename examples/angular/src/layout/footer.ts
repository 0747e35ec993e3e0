import { Component, inject } from '@angular/core';
import { I18n } from '../i18n/i18n';
import { THEMES, Themes } from './theme';

@Component({ selector: 'shop-footer', templateUrl: './footer.html' })
export class Footer {
  protected readonly i18n = inject(I18n);
  protected readonly t = this.i18n.t;
  protected readonly themes = inject(Themes);
  protected readonly choices = THEMES;

  protected chooseTheme(chosen: string): void {
    this.themes.choose(THEMES.find((theme) => theme === chosen)!);
  }

  protected chooseLanguage(chosen: string): void {
    this.i18n.choose(chosen === 'fr' ? 'fr' : 'en');
  }
}
