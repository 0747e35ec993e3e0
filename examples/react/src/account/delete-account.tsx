import { useMutation } from '@tanstack/react-query';
import { deleteMe } from '../api/generated/sdk.gen';
import { leaveSession } from '../api/session';
import { useText } from '../i18n/language';
import { Field, Form } from '../ui/form';

export function DeleteAccount() {
  const { t } = useText();
  const erase = useMutation({
    mutationFn: (password: string) => deleteMe({ body: { password } }),
    onSuccess: leaveSession,
  });
  return (
    <Form busy={erase.isPending} error={erase.error} onSubmit={({ password = '' }) => erase.mutate(password)}>
      <h3>{t('account.delete.title')}</h3>
      <p className="muted">{t('account.delete.text')}</p>
      <Field
        name="password"
        label={t('field.currentPassword')}
        type="password"
        autoComplete="current-password"
        required
      />
      <button type="submit" className="button button-danger" aria-busy={erase.isPending}>
        {t('account.delete.submit')}
      </button>
    </Form>
  );
}
