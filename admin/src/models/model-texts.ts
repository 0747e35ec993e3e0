import type { I18n } from '../i18n/translate';

type Translate = Pick<I18n, 'tOr'>;

/** A column without a text is shown by its name. */
export function columnLabel(column: string, { tOr }: Translate): string {
  return tOr(`field.${column}`, sentence(column));
}

export function modelLabel(model: { name: string; label: string }, { tOr }: Translate): string {
  return tOr(`model.${model.name}`, model.label);
}

export function valueLabel(value: string, { tOr }: Translate): string {
  return tOr(`value.${value}`, sentence(value));
}

function sentence(name: string): string {
  const words = name.replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}
