/** Languages that mails and pages are written in; the first is for everybody else. */
export const LANGUAGES = ['en', 'fr'] as const;

export type Language = (typeof LANGUAGES)[number];

/** The one of our languages that an `Accept-Language` header likes best (RFC 9110, section 12.5.4). */
export function preferredLanguage(header: unknown): Language {
  const wanted = qualities(header).map(({ name, quality }) => ({ name: name.split('-')[0]!, quality }));
  const known = wanted.filter(({ name, quality }) => quality > 0 && LANGUAGES.includes(name as Language));
  known.sort((a, b) => b.quality - a.quality);
  return (known[0]?.name as Language | undefined) ?? LANGUAGES[0];
}

/** Whether an `Accept` header asks for a page to look at, as a browser's address bar does and a program does not. */
export function prefersHtml(header: unknown): boolean {
  const accepted = new Map(qualities(header).map(({ name, quality }) => [name, quality]));
  const html = accepted.get('text/html') ?? 0;
  return html > 0 && html >= (accepted.get('application/json') ?? 0);
}

function qualities(header: unknown): { name: string; quality: number }[] {
  const entries = String(header ?? '')
    .slice(0, 1000)
    .toLowerCase()
    .split(',');
  return entries.map((entry) => {
    const [name = '', ...parameters] = entry.split(';').map((part) => part.trim());
    const quality = Number(parameters.find((parameter) => parameter.startsWith('q='))?.slice(2) ?? 1);
    return { name, quality: Number.isNaN(quality) ? 0 : quality };
  });
}
