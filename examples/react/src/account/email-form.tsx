import { useMutation } from '@tanstack/react-query';
import { requestEmailChange } from '../api/generated/sdk.gen';
import type { ChangeEmail } from '../api/generated/types.gen';
import { useText } from '../i18n/language';
import { Field, Form } from '../ui/form';

export function EmailForm({ email }: { email: string }) {
  const { t } = useText();
  const change = useMutation({ mutationFn: (body: ChangeEmail) => requestEmailChange({ body }) });
  return (
    <Form
      busy={change.isPending}
      error={change.error}
      onSubmit={({ new_email = '', password = '' }) => change.mutate({ new_email, password })}
    >
      <h3>{t('account.email.title')}</h3>
      <p className="muted">{email}</p>
      <Field name="new_email" label={t('field.newEmail')} type="email" autoComplete="email" required />
      <Field
        name="password"
        label={t('field.currentPassword')}
        type="password"
        autoComplete="current-password"
        required
      />
      {change.isSuccess && (
        <p className="notice notice-good" role="status">
          {t('account.email.done', { email: change.variables.new_email })}
        </p>
      )}
      <button type="submit" className="button" aria-busy={change.isPending}>
        {t('account.email.submit')}
      </button>
    </Form>
  );
}
