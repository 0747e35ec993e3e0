import type { Language } from '../../../shared/texts/speech';
import { setLanguage, useLanguage, useText } from '../i18n/language';
import { setTheme, type Theme, THEMES, useTheme } from './theme';

export function Footer() {
  const { t } = useText();
  const language = useLanguage();
  const theme = useTheme();
  return (
    <footer className="footer">
      <p>{t('footer.note')}</p>
      <div className="footer-settings">
        <label>
          {t('nav.language')}
          <select value={language} onChange={(event) => setLanguage(event.target.value as Language)}>
            <option value="en" lang="en">
              {t('language.en')}
            </option>
            <option value="fr" lang="fr">
              {t('language.fr')}
            </option>
          </select>
        </label>
        <label>
          {t('nav.theme')}
          <select value={theme} onChange={(event) => setTheme(event.target.value as Theme)}>
            {THEMES.map((each) => (
              <option key={each} value={each}>
                {t(`theme.${each}`)}
              </option>
            ))}
          </select>
        </label>
      </div>
    </footer>
  );
}
