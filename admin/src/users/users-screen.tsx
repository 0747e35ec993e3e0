import { Link } from 'react-router';
import type { User } from '../api/types';
import { useI18n } from '../i18n/translate';
import { ListScreen } from '../lists/list-screen';
import type { Column } from '../lists/list-types';
import { UserState } from './user-state';

export default function UsersScreen() {
  const { t, time } = useI18n();
  const columns: Column<User>[] = [
    { name: 'id', label: t('field.id'), isNumber: true, isExtra: true, cell: ({ id }) => id },
    {
      name: 'username',
      label: t('users.username'),
      cell: ({ id, username }) => (
        <Link className="row-link" to={`/users/${id}`}>
          {username}
        </Link>
      ),
    },
    { name: 'name', label: t('users.name'), cell: ({ name }) => name || '–' },
    { name: 'email', label: t('users.email'), cell: ({ email }) => email },
    { name: 'role', label: t('users.role'), cell: (user) => <UserState user={user} /> },
    { name: 'phone', label: t('users.phone'), isExtra: true, cell: ({ phone }) => phone ?? '–' },
    { name: 'created_at', label: t('users.since'), cell: (user) => time(user.created_at) },
  ];
  return (
    <ListScreen<User>
      name="users"
      title={t('nav.users')}
      path="/users"
      columns={columns}
      filters={[]}
      searchLabel={t('users.search')}
      nameOf={({ username }) => username}
    />
  );
}
