import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { en } from '../../examples/shared/texts/en.js';
import { fr } from '../../examples/shared/texts/fr.js';

const SHARED = 'examples/shared/texts/problem-texts.ts';
const SHOPS = { React: 'examples/react/src', Angular: 'examples/angular/src' };
type Text = string | { one: string; other: string };

describe("The shops' texts", () => {
  const english = Object.entries<Text>(en);
  const french = fr as Record<string, Text>;

  it('have the same keys and placeholders in English and French', () => {
    expect(Object.keys(fr).sort()).toEqual(Object.keys(en).sort());
    expect(english.filter(([key, text]) => places(text) !== places(french[key]!))).toEqual([]);
  });

  it('are translated, except for words that are the same in both languages', () => {
    const same = english.filter(([key, text]) => forms(text).join() === forms(french[key]!).join());
    expect(same.map(([key]) => key)).toEqual([
      'search.suggestions',
      'search.suggestions.count',
      'pages.label',
      'cart.total',
      'language.en',
      'language.fr',
    ]);
  });

  it.each(Object.entries(SHOPS))('are all used by the %s shop', (_name, folder) => {
    const source = sourceOf(folder) + readFileSync(SHARED, 'utf8');
    const families = [...source.matchAll(/[`(]([a-zA-Z.]+\.)\$\{/g)].map(([, prefix]) => prefix!);
    const isUsed = (key: string) =>
      source.includes(`'${key}'`) || families.some((prefix) => key.startsWith(prefix));
    expect(english.map(([key]) => key).filter((key) => !isUsed(key))).toEqual([]);
  });

  it.each(Object.entries(SHOPS))('are in no page of the %s shop', (_name, folder) => {
    const source = sourceOf(folder);
    const inMarkup = [...source.matchAll(/>\s*([A-Z][a-zé ,.’]+)\s*</g)].map(([, text]) => text);
    expect(inMarkup.filter((text) => !['Comptoir', 'Promise', 'Observable'].includes(text!))).toEqual([]);
  });
});

function sourceOf(folder: string): string {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(tsx?|html)$/.test(name) && !/^api.generated/.test(name))
    .map((name) => readFileSync(path.join(folder, name), 'utf8'))
    .join('\n');
}

function forms(text: Text): string[] {
  return typeof text === 'string' ? [text] : [text.one, text.other];
}

function places(text: Text): string {
  return forms(text)
    .map((form) => (form.match(/\{\w+\}/g) ?? []).sort().join())
    .join(' | ');
}
