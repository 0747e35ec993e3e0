import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import ts from 'typescript';
import { en } from '../../admin/src/i18n/en.js';
import { fr } from '../../admin/src/i18n/fr.js';
import { fieldProblem } from '../../admin/src/ui/field-problem.js';
import { BulkActionDto } from '../../src/admin/bulk.dto.js';
import { fieldErrors } from '../../src/http/validation.js';
import { NOTE_TEXTS } from '../../src/imports/import-note.js';
import { CreateCategoryDto } from '../../src/products/categories.dto.js';
import { AdjustStockDto, CreateProductDto } from '../../src/products/products.dto.js';
import { UpdateUserDto } from '../../src/users/users.dto.js';

const MAX_FIRST_SCREEN_BYTES = 350_000;
const DIST = 'admin/dist';
const SOURCES = readdirSync('admin/src', { recursive: true, encoding: 'utf8' })
  .filter((file) => /\.tsx?$/.test(file) && !/^i18n\/(en|fr)\.ts$/.test(file))
  .map((file) => path.join('admin/src', file));

describe('The admin', () => {
  it('has every text in both languages', () => {
    expect(Object.keys(fr).sort()).toEqual(Object.keys(en).sort());
  });

  it('has the same placeholders in both languages', () => {
    const shapeOf = (texts: Record<string, string>) =>
      Object.entries(texts)
        .map(([key, text]) => `${key}: ${text.split(' | ').length} ${text.trim() && holes(text).join(' ')}`)
        .sort();
    expect(shapeOf(fr)).toEqual(shapeOf(en));
  });

  it('has no text outside of the dictionaries', () => {
    expect(SOURCES.flatMap(untranslated)).toEqual([]);
  });

  it('uses every text of the dictionaries', () => {
    const used = SOURCES.flatMap(stringsOf);
    const isUsed = (key: string) =>
      used.some((text) => (text.endsWith('*') ? key.startsWith(text.slice(0, -1)) : key === text));
    expect(Object.keys(en).filter((key) => !isUsed(key))).toEqual([]);
  });

  it('translates the API’s messages about the fields of its forms', () => {
    const forms: [new () => object, string[]][] = [
      [CreateProductDto, ['name', 'price', 'stock', 'description', 'category']],
      [AdjustStockDto, ['delta', 'set', 'reason']],
      [CreateCategoryDto, ['name', 'slug']],
      [UpdateUserDto, ['username', 'email', 'name', 'phone', 'birth_date', 'shipping_address']],
      [BulkActionDto, ['percent']],
    ];
    const typed = ['', '-1', '1.5', 'x', '!', '9'.repeat(17), 'x'.repeat(6_000), undefined];
    const messages = forms.flatMap(([dto, fields]) =>
      fields.flatMap((field) => {
        const found = typed.flatMap((value) => {
          const body = plainToInstance(dto, { kind: 'price_percent', [field]: value });
          return fieldErrors(validateSync(body))[field] ?? [];
        });
        expect([field, found]).not.toEqual([field, []]);
        return found;
      }),
    );
    expect([...new Set(messages)].filter((message) => !fieldProblem(message))).toEqual([]);
  });

  it('translates every note of an import, with its values', () => {
    const prefix = 'import.note.';
    const told = Object.entries(en).filter(([key]) => key.startsWith(prefix));
    expect(told.map(([key]) => key.slice(prefix.length)).sort()).toEqual(Object.keys(NOTE_TEXTS).sort());
    const unknown = told.flatMap(([key, text]) => {
      const known = [...holes(NOTE_TEXTS[key.slice(prefix.length) as keyof typeof NOTE_TEXTS]), 'name'];
      return holes(text).filter((hole) => !known.includes(hole));
    });
    expect(unknown).toEqual([]);
  });

  it(`loads at most ${MAX_FIRST_SCREEN_BYTES / 1000} kB before its first screen`, () => {
    const html = readFileSync(path.join(DIST, 'index.html'), 'utf8');
    const named = [...html.matchAll(/(?:src|href)="\.\/(assets\/[^"]+)"/g)].map(([, file]) => file!);
    const screens = readdirSync(path.join(DIST, 'assets'))
      .filter((file) => file.startsWith('start-screen-'))
      .map((file) => `assets/${file}`);
    expect(screens.length).toBeGreaterThan(0);
    const files = new Set([...named, ...screens].flatMap((file) => [file, ...importsOf(file)]));
    const bytes = [...files].reduce(
      (sum, file) => sum + gzipSync(readFileSync(path.join(DIST, file))).length,
      0,
    );
    expect(bytes).toBeLessThanOrEqual(MAX_FIRST_SCREEN_BYTES);
  });
});

function holes(text: string): string[] {
  return [...new Set([...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!))].sort();
}

/** The files of the build that one of them imports statically, and theirs. */
function importsOf(file: string, seen = new Set<string>()): string[] {
  if (seen.has(file) || !file.endsWith('.js')) return [];
  seen.add(file);
  const source = readFileSync(path.join(DIST, file), 'utf8');
  const imported = [...source.matchAll(/(?:from|import)\s*["']\.\/([^"']+\.js)["']/g)].map(
    ([, name]) => `assets/${name}`,
  );
  return [file, ...imported.flatMap((each) => importsOf(each, seen))];
}

function parse(file: string): ts.SourceFile {
  return ts.createSourceFile(
    file,
    readFileSync(file, 'utf8'),
    ts.ScriptTarget.Latest,
    true,
    ts.ScriptKind.TSX,
  );
}

function visit(node: ts.Node, look: (node: ts.Node) => void): void {
  look(node);
  node.forEachChild((child) => visit(child, look));
}

const SHOWN_ATTRIBUTES = new Set(['title', 'label', 'aria-label', 'placeholder', 'alt', 'hint', 'action']);

function untranslated(file: string): string[] {
  const found: string[] = [];
  const source = parse(file);
  visit(source, (node) => {
    const text = ts.isJsxText(node)
      ? node.text
      : ts.isJsxAttribute(node) &&
          SHOWN_ATTRIBUTES.has(node.name.getText()) &&
          node.initializer &&
          ts.isStringLiteral(node.initializer)
        ? node.initializer.text
        : '';
    if (/\p{L}/u.test(text)) found.push(`${file}: ${text.trim()}`);
  });
  return found;
}

/** Text keys of a source; for a computed key its beginning, with a `*`. */
function stringsOf(file: string): string[] {
  const found: string[] = [];
  visit(parse(file), (node) => {
    if (ts.isStringLiteralLike(node)) found.push(node.text);
    if (ts.isTemplateExpression(node) && node.head.text.includes('.')) found.push(`${node.head.text}*`);
  });
  return found;
}
