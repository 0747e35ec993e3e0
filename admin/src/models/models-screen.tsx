import { Link } from 'react-router';
import { useI18n } from '../i18n/translate';
import { Screen } from '../shell/screen';
import { Notice } from '../ui/notice';
import { problemText } from '../ui/problem-text';
import { modelLabel } from './model-texts';
import { useModels } from './use-models';

/** Every table of the shop, including those with screens of their own. */
export default function ModelsScreen() {
  const i18n = useI18n();
  const { t } = i18n;
  const models = useModels();
  return (
    <Screen title={t('nav.models')}>
      {models.isError && <Notice kind="error">{problemText(models.error, i18n)}</Notice>}
      <ul className="tiles">
        {models.data?.map((model) => (
          <li key={model.name} className="card">
            <Link className="row-link" to={`/models/${model.name}`}>
              {modelLabel(model, i18n)}
            </Link>
            <span className="hint">{model.name}</span>
          </li>
        ))}
      </ul>
    </Screen>
  );
}
