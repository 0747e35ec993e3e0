import { HttpContext } from '@angular/common/http';
import { computed, inject, Injectable, signal } from '@angular/core';
import { ApiError } from './api-error';
import { Api } from './generated/api';
import { refreshTokens } from './generated/functions';
import { inOneTab, untilWritten } from '../../../shared/tabs/in-one-tab';
import { WITHOUT_CREDENTIALS } from './without-credentials';
import { onStoredElsewhere, readStored, writeStored } from './storage';

/** The signed-in user, with the tokens of the last sign-in or refresh. */
export interface Tokens {
  userId: number;
  name: string;
  access: string;
  refresh: string;
}

/** All tabs share it. */
const STORAGE_KEY = 'comptoir.session';
/** Kept in this tab until the next sign-in. */
const ENDED_KEY = 'comptoir.sessionEnded';
/** A token that expires within this time is refreshed before it is sent. */
const LEEWAY_MS = 30_000;

/**
 * The session of this page. A change of the account reloads the page, so that no response, form or dialog of the
 * former account is shown.
 */
@Injectable({ providedIn: 'root' })
export class Session {
  private readonly api = inject(Api);
  private readonly tokens = signal(storedTokens());
  private renewal?: Promise<Tokens>;

  readonly userId = computed(() => this.tokens()?.userId ?? null);
  readonly name = computed(() => this.tokens()?.name ?? '');

  constructor() {
    onStoredElsewhere(STORAGE_KEY, () => {
      const stored = storedTokens();
      if (stored ?? this.tokens()) void this.useStored(stored);
    });
  }

  /** Whether the API, and not the user, has ended the former session; the page explains that. */
  get hasEnded(): boolean {
    return this.tokens() === null && readOfTab(ENDED_KEY) !== null;
  }

  start(tokens: Tokens): void {
    writeOfTab(ENDED_KEY, null);
    this.keep(tokens);
  }

  /** The user signs out, and gets the first page. */
  leave(): void {
    writeStored(STORAGE_KEY, null);
    location.replace(document.baseURI);
  }

  /** The access token for a request; `undefined` without a session. */
  async accessToken(): Promise<string | undefined> {
    const tokens = this.tokens();
    if (!tokens) return undefined;
    if (expiresAt(tokens.access) - Date.now() > LEEWAY_MS) return tokens.access;
    return this.replaceToken(tokens.access);
  }

  /** Refreshes the tokens once for all waiting requests and all tabs. @returns a new access token */
  async replaceToken(staleAccess: string): Promise<string> {
    this.renewal ??= inOneTab('refresh', (afterAnother) => this.refresh(staleAccess, afterAnother)).finally(
      () => (this.renewal = undefined),
    );
    return (await this.renewal).access;
  }

  /**
   * Refresh tokens rotate, and a reused one may end the session. So the tab that gets the lock refreshes, and the
   * others read the result from the storage. Without Web Locks, the API tolerates reuse for ten seconds.
   */
  private async refresh(staleAccess: string, afterAnother: boolean): Promise<Tokens> {
    if (afterAnother) await untilWritten(() => storedTokens()?.access !== staleAccess);
    const stored = storedTokens();
    if (!stored || stored.access !== staleAccess) return this.useStored(stored);
    const body = { refresh: stored.refresh };
    const context = new HttpContext().set(WITHOUT_CREDENTIALS, true);
    try {
      const { access, refresh } = await this.api.invoke(refreshTokens, { body }, context);
      const now = storedTokens();
      if (now?.refresh !== stored.refresh) return this.useStored(now); // signed out or in meanwhile
      return this.keep({ ...stored, access, refresh });
    } catch (error) {
      // The network failed or the shop is busy: the session is still valid.
      if (!(error instanceof ApiError) || error.status !== 401) throw error;
      if (storedTokens()?.refresh === stored.refresh) writeStored(STORAGE_KEY, null);
      writeOfTab(ENDED_KEY, 'true');
      return startOver();
    }
  }

  /** Uses what another tab has stored: newer tokens of this account; another account reloads the page. */
  private useStored(tokens: Tokens | null): Tokens | Promise<never> {
    if (!tokens || tokens.userId !== this.tokens()?.userId) return startOver();
    this.tokens.set(tokens);
    return tokens;
  }

  private keep(tokens: Tokens): Tokens {
    writeStored(STORAGE_KEY, JSON.stringify(tokens));
    this.tokens.set(tokens);
    return tokens;
  }
}

function startOver(): Promise<never> {
  location.reload();
  return new Promise(() => {}); // requests that wait for it end with the page
}

function readOfTab(key: string): string | null {
  try {
    return sessionStorage.getItem(key);
  } catch {
    return null;
  }
}

function writeOfTab(key: string, text: string | null): void {
  try {
    if (text === null) sessionStorage.removeItem(key);
    else sessionStorage.setItem(key, text);
  } catch {
    // Storage is blocked: the sign-in form is shown without an explanation.
  }
}

function storedTokens(): Tokens | null {
  try {
    return JSON.parse(readStored(STORAGE_KEY) ?? 'null') as Tokens | null;
  } catch {
    return null;
  }
}

function expiresAt(jwt: string): number {
  try {
    const payload = jwt.split('.')[1]!.replaceAll('-', '+').replaceAll('_', '/');
    return (JSON.parse(atob(payload)) as { exp: number }).exp * 1000;
  } catch {
    return 0;
  }
}
