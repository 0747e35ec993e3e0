import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { en } from '../../examples/react/src/i18n/en.js';
import { fr } from '../../examples/react/src/i18n/fr.js';

const SOURCE = 'examples/react/src';
type Text = string | { one: string; other: string };

describe("The React shop's texts", () => {
  const english = Object.entries<Text>(en);
  const french = fr as Record<string, Text>;
  const source = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name) && !/^(i18n|api.generated)/.test(name))
    .map((name) => readFileSync(path.join(SOURCE, name), 'utf8'))
    .join('\n');

  it('are the same ones in English and French, with the same places to fill in', () => {
    expect(Object.keys(fr).sort()).toEqual(Object.keys(en).sort());
    expect(english.filter(([key, text]) => places(text) !== places(french[key]!))).toEqual([]);
  });

  it('are in French where they are not the same word in both', () => {
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

  it('are all used', () => {
    const families = [...source.matchAll(/[`(]([a-zA-Z.]+\.)\$\{/g)].map(([, prefix]) => prefix!);
    const isUsed = (key: string) =>
      source.includes(`'${key}'`) || families.some((prefix) => key.startsWith(prefix));
    expect(english.map(([key]) => key).filter((key) => !isUsed(key))).toEqual([]);
  });

  it('stand in no page themselves', () => {
    const inMarkup = [...source.matchAll(/>\s*([A-Z][a-zé ,.’]+)\s*</g)].map(([, text]) => text);
    expect(inMarkup.filter((text) => !['Comptoir', 'Promise'].includes(text!))).toEqual([]);
  });
});

function forms(text: Text): string[] {
  return typeof text === 'string' ? [text] : [text.one, text.other];
}

function places(text: Text): string {
  return forms(text)
    .map((form) => (form.match(/\{\w+\}/g) ?? []).sort().join())
    .join(' | ');
}
