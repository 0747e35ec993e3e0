import { Injectable, signal } from '@angular/core';
import { readStored, writeStored } from '../api/storage';

export const THEMES = ['auto', 'light', 'dark'] as const;
type Theme = (typeof THEMES)[number];

const STORAGE_KEY = 'comptoir.theme';

/** The colours: the system's, or the chosen ones. */
@Injectable({ providedIn: 'root' })
export class Themes {
  private readonly chosen = signal<Theme>(
    THEMES.find((theme) => theme === readStored(STORAGE_KEY)) ?? 'auto',
  );
  readonly theme = this.chosen.asReadonly();

  constructor() {
    document.documentElement.dataset['theme'] = this.chosen();
  }

  choose(theme: Theme): void {
    this.chosen.set(theme);
    document.documentElement.dataset['theme'] = theme;
    writeStored(STORAGE_KEY, theme);
  }
}
