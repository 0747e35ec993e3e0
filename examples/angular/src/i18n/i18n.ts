import { computed, Injectable, signal } from '@angular/core';
import { chooseLanguage, createSpeech, type Language } from '../../../shared/texts/speech';
import { readStored, writeStored } from '../api/storage';

type Speech = ReturnType<typeof createSpeech>;

const STORAGE_KEY = 'comptoir.language';

/** Texts, prices and dates in the chosen language, as signals. */
@Injectable({ providedIn: 'root' })
export class I18n {
  private readonly chosen = signal(chooseLanguage([readStored(STORAGE_KEY) ?? '', ...navigator.languages]));
  private readonly speech = computed(() => createSpeech(this.chosen()));

  readonly language = this.chosen.asReadonly();
  readonly t: Speech['t'] = (key, values) => this.speech().t(key, values);
  readonly price: Speech['price'] = (amount) => this.speech().price(amount);
  readonly date: Speech['date'] = (timestamp) => this.speech().date(timestamp);
  readonly moment: Speech['moment'] = (timestamp) => this.speech().moment(timestamp);

  constructor() {
    document.documentElement.lang = this.chosen();
  }

  choose(language: Language): void {
    this.chosen.set(language);
    document.documentElement.lang = language;
    writeStored(STORAGE_KEY, language);
  }
}
