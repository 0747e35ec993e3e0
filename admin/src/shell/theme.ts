export const THEMES = ['auto', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

const STORED = 'comptoir.admin.theme';

export function theme(): Theme {
  const stored = localStorage.getItem(STORED) as Theme | null;
  return stored && THEMES.includes(stored) ? stored : 'auto';
}

export function setTheme(next: Theme): void {
  localStorage.setItem(STORED, next);
  applyTheme();
}

/** The colours of base.css follow `color-scheme`. */
export function applyTheme(): void {
  const chosen = theme();
  document.documentElement.style.colorScheme = chosen === 'auto' ? 'light dark' : chosen;
}
