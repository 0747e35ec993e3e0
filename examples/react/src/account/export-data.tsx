import { useMutation } from '@tanstack/react-query';
import { exportMe } from '../api/generated/sdk.gen';
import { useText } from '../i18n/language';
import { useErrorText } from '../ui/error-text';

export function ExportData() {
  const { t } = useText();
  const errorText = useErrorText();
  const download = useMutation({
    mutationFn: async () => (await exportMe()).data,
    onSuccess: (data) => {
      const url = URL.createObjectURL(
        new Blob([JSON.stringify(data, null, 2)], { type: 'application/json' }),
      );
      Object.assign(document.createElement('a'), { href: url, download: 'comptoir-data.json' }).click();
      URL.revokeObjectURL(url);
    },
  });
  return (
    <>
      <h3>{t('account.export.title')}</h3>
      <p className="muted">{t('account.export.text')}</p>
      <button
        type="button"
        className="button"
        aria-busy={download.isPending}
        onClick={() => download.mutate()}
      >
        {t('account.export.submit')}
      </button>
      {download.isError && (
        <p className="notice notice-bad" role="alert">
          {errorText(download.error)}
        </p>
      )}
    </>
  );
}
