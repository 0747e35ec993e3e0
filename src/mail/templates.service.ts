import { Injectable } from '@nestjs/common';
import { Eta } from 'eta';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { Config } from '../config/config.js';
import type { Language } from '../http/language.js';

const OURS = path.resolve(import.meta.dirname, '../../../templates');

interface MailWords {
  subject: string;
  lines: string[];
  /** Label of the link. */
  button?: string;
  /** Lines below the link. */
  after?: string[];
}

interface PageWords {
  title: string;
  lines: string[];
}

/** The texts of one language. `{name}` is replaced by a value. */
export interface Words {
  mails: Record<string, MailWords>;
  pages: Record<string, PageWords>;
  /** Last line of every mail. */
  footer: string;
  /** Shown with the plain URL, for mail clients that do not show the link. */
  link: string;
  /** Label of a page's link to the shop. */
  to_shop: string;
  /** Label of the unsubscribe link. */
  unsubscribe: string;
  /** An amount with its currency. */
  money: string;
  /** A line of a mail about favorites. */
  favorites: { back: string; cheaper: string };
  form: Record<string, string>;
  welcome: Record<string, string>;
  /** Texts of the page of a guest's order. */
  order: Record<string, string>;
}

/**
 * Renders mails and pages. Texts are in `words.<language>.json`, templates in `<name>.html.eta` and `<name>.txt.eta`. A
 * file of the same name in `DATA_DIR/templates` overrides ours, without a restart; texts that it lacks are ours.
 */
@Injectable()
export class TemplatesService {
  private readonly escaping = new Eta({ autoEscape: true, autoTrim: false });
  private readonly plain = new Eta({ autoEscape: false, autoTrim: false });

  constructor(private readonly config: Config) {}

  async html(name: string, values: object): Promise<string> {
    return this.escaping.renderString(await this.source(`${name}.html.eta`), this.withShop(values));
  }

  async text(name: string, values: object): Promise<string> {
    const text = this.plain.renderString(await this.source(`${name}.txt.eta`), this.withShop(values));
    return text.replace(/\n{3,}/g, '\n\n');
  }

  /** @param values replace `{name}` in the texts; `{shop}` is the shop's name */
  async words(language: Language, values: Record<string, string> = {}): Promise<Words> {
    const file = `words.${language}.json`;
    const ours = JSON.parse(await readFile(path.join(OURS, file), 'utf8'));
    const theirs = JSON.parse((await this.replaced(file)) ?? '{}');
    return filled(merged(ours, theirs), { shop: this.config.mailFrom.name, ...values }) as Words;
  }

  private async source(file: string): Promise<string> {
    return (await this.replaced(file)) ?? readFile(path.join(OURS, file), 'utf8');
  }

  private async replaced(file: string): Promise<string | undefined> {
    try {
      return await readFile(path.join(this.config.templatesDir, file), 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
  }

  private withShop(values: object): object {
    return { shop: this.config.mailFrom.name, shopUrl: this.config.shopUrl, ...values };
  }
}

/** Formats an amount for the language, with the shop's currency. @param value decimal text */
export function money(value: string, language: Language, words: Words): string {
  const number = new Intl.NumberFormat(language, { minimumFractionDigits: 2 }).format(value as `${number}`);
  return fill(words.money, { value: number });
}

function isTree(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function merged(ours: unknown, theirs: unknown): unknown {
  if (!isTree(ours) || !isTree(theirs)) return theirs ?? ours;
  const both = Object.keys({ ...ours, ...theirs }).map((key) => [key, merged(ours[key], theirs[key])]);
  return Object.fromEntries(both);
}

/** @param values replace `{name}` in the text; other names stay */
export function fill(text: string, values: Record<string, string>): string {
  return text.replace(/\{(\w+)\}/g, (hole, name) => values[name] ?? hole);
}

function filled(words: unknown, values: Record<string, string>): unknown {
  if (typeof words === 'string') return fill(words, values);
  if (Array.isArray(words)) return words.map((word) => filled(word, values));
  if (!isTree(words)) return words;
  return Object.fromEntries(Object.entries(words).map(([key, value]) => [key, filled(value, values)]));
}
