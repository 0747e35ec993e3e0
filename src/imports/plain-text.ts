import { compile } from 'html-to-text';

const LONGEST_HTML = 200_000;
const MARKUP = /<[a-z!/]|&(#\d|#x|[a-z])/i;

const HEADINGS = ['h1', 'h2', 'h3', 'h4', 'h5', 'h6'].map((selector) => ({
  selector,
  options: { uppercase: false },
}));

const shared = {
  wordwrap: false,
  selectors: [
    ...HEADINGS,
    { selector: 'a', options: { ignoreHref: true } },
    { selector: 'img', format: 'skip' },
    { selector: 'table', format: 'dataTable', options: { uppercaseHeaderCells: false } },
  ],
  limits: { maxDepth: 100, maxInputLength: LONGEST_HTML },
} as const;

const collapsing = compile({ ...shared, selectors: [...shared.selectors] });
const preserving = compile({ ...shared, selectors: [...shared.selectors], preserveNewlines: true });

/**
 * Converts HTML to text. Paragraphs, lists and tables get lines of their own; pictures, scripts and link targets are left
 * out.
 *
 * @param keepsLines whether line breaks are significant (WordPress turns them into paragraphs)
 */
export function plainText(html: string, keepsLines = false): string {
  if (!MARKUP.test(html)) return html.trim();
  const convert = keepsLines ? preserving : collapsing;
  return convert(html.slice(0, LONGEST_HTML))
    .replaceAll('\u00a0', ' ')
    .replace(/ +\n/g, '\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
}
