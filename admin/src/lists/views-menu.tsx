import { type FormEvent } from 'react';
import { useI18n } from '../i18n/translate';
import { Button, IconButton } from '../ui/button';
import { InputField } from '../ui/field';
import { Menu } from '../ui/menu';
import type { ListState } from './list-state';
import { useRemembered } from './remembered';

interface View {
  name: string;
  query: string;
}

/** Named filters, search and order, stored in this browser. */
export function ViewsMenu({ list, state }: { list: string; state: ListState }) {
  const { t } = useI18n();
  const [views, setViews] = useRemembered<View[]>(`views.${list}`, []);
  const save = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const name = String(new FormData(event.currentTarget).get('name')).trim();
    if (!name) return;
    const query = state.addressOf({}).slice(1);
    setViews([...views.filter((view) => view.name !== name), { name, query }]);
    event.currentTarget.reset();
  };
  return (
    <Menu icon="bookmark" label={t('list.views')}>
      {views.length === 0 && <p className="hint">{t('list.noViews')}</p>}
      <ul className="views">
        {views.map(({ name, query }) => (
          <li key={name}>
            <button type="button" className="button button-quiet" onClick={() => state.replaceAll(query)}>
              {name}
            </button>
            <IconButton
              icon="trash"
              label={t('list.deleteView', { name })}
              onClick={() => setViews(views.filter((view) => view.name !== name))}
            />
          </li>
        ))}
      </ul>
      <form className="view-form" onSubmit={save}>
        <InputField label={t('list.viewName')} name="name" maxLength={60} autoComplete="off" />
        <Button type="submit">{t('list.saveView')}</Button>
      </form>
    </Menu>
  );
}
