import { useI18n } from '../i18n/translate';
import { Screen } from '../shell/screen';

export default function StartScreen() {
  const { t } = useI18n();
  return <Screen title={t('nav.start')}>{null}</Screen>;
}
