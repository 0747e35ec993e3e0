import { useState } from 'react';
import { type Language, setLanguage, useI18n } from '../i18n/translate';
import { setTheme, type Theme, theme, THEMES } from './theme';

/** The language and the colours, stored in this browser. */
export function Preferences() {
  const { t, language } = useI18n();
  const [chosen, setChosen] = useState(theme);
  return (
    <div className="preferences">
      <label>
        <span className="visually-hidden">{t('language')}</span>
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
        <span className="visually-hidden">{t('theme')}</span>
        <select
          value={chosen}
          onChange={(event) => {
            setTheme(event.target.value as Theme);
            setChosen(event.target.value as Theme);
          }}
        >
          {THEMES.map((each) => (
            <option key={each} value={each}>
              {t(`theme.${each}`)}
            </option>
          ))}
        </select>
      </label>
    </div>
  );
}
