import { Injectable } from '@nestjs/common';
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { Config } from '../config/config.js';
import type { Transaction } from '../database/database.js';
import { invalid } from '../http/problem.js';
import {
  type AccountTokenPurpose,
  LINK_ROUTES,
  TOKEN_LIFETIMES,
  UNDO_LIFETIME,
  UNDO_ROUTE,
} from './account-token-purpose.js';
import { type EmailUndo, EmailUndoTokensRepository } from './email-undo-tokens.repository.js';
import { AccountTokensRepository, type RedeemedToken } from './account-tokens.repository.js';

export interface AccountTokenRequest {
  userId: number;
  /** The user's address at this time. */
  email: string;
  newEmail?: string;
  /** 256 random bits of this request. */
  seed: string;
  requestedAt: Date;
}

/** What the address of a link says: `/api/auth/<route>/<uidb64>/<token>/`, or `<FRONTEND_URL>/<page>/<uidb64>/<token>`. */
export interface LinkAddress {
  uidb64: string;
  token: string;
}

/**
 * Links in mails that prove that their user reads an address. The token is `HMAC-SHA-256(server key, user, purpose and
 * the request's own 256-bit seed)`, so that a mail that is sent again holds the same one, while the database holds
 * only its SHA-256.
 */
@Injectable()
export class AccountTokensService {
  readonly #key;

  constructor(
    private readonly accountTokens: AccountTokensRepository,
    private readonly undoTokens: EmailUndoTokensRepository,
    private readonly config: Config,
  ) {
    this.#key = config.key('account-link');
  }

  /**
   * Makes the link of a request, which ends the user's older one of that purpose.
   *
   * @param lifetime PostgreSQL interval from the sending of the mail
   * @returns its absolute address, or undefined when it was used or revoked already, or a newer one asked for
   */
  async issue(
    purpose: AccountTokenPurpose,
    request: AccountTokenRequest,
    lifetime = TOKEN_LIFETIMES[purpose],
  ): Promise<string | undefined> {
    const { userId, email, newEmail = null, seed, requestedAt } = request;
    const token = this.tokenFor(purpose, userId, seed);
    const link = { userId, purpose, tokenHash: hash(token), email, newEmail, requestedAt };
    if (!(await this.accountTokens.issue(link, lifetime))) return undefined;
    return this.linkTo(LINK_ROUTES[purpose], userId, token);
  }

  /**
   * A link to `email` can give it back to the account for seven days. Until then no other account can take it.
   *
   * @param seed of the mail that will hold the link
   */
  async allowUndo(userId: number, email: string, seed: string, tx: Transaction): Promise<void> {
    const token = this.tokenFor(UNDO_ROUTE, userId, seed);
    await this.undoTokens.insert(userId, email, hash(token), UNDO_LIFETIME, tx);
  }

  /** @returns the address of the link that `allowUndo` made for that mail, or undefined when it cannot be used any more */
  async undoLink(userId: number, seed: string): Promise<string | undefined> {
    const token = this.tokenFor(UNDO_ROUTE, userId, seed);
    if (!(await this.undoTokens.isUsable(userId, hash(token)))) return undefined;
    return this.linkTo(UNDO_ROUTE, userId, token);
  }

  /** Looks without using it up. @throws Problem 400 `link_invalid` */
  async checkUndo({ uidb64, token }: LinkAddress): Promise<void> {
    if (!(await this.undoTokens.isUsable(userIdOf(uidb64), hash(token)))) throw invalidToken();
  }

  /** Uses the link up, and those of later changes with it. @throws Problem 400 `link_invalid` */
  async redeemUndo({ uidb64, token }: LinkAddress, tx: Transaction): Promise<EmailUndo> {
    const undo = await this.undoTokens.redeem(userIdOf(uidb64), hash(token), tx);
    if (!undo) throw invalidToken();
    return undo;
  }

  /** Whether an account other than `userId` may still get the address back. */
  isReserved(email: string, userId: number, tx: Transaction): Promise<boolean> {
    return this.undoTokens.isReserved(email, userId, tx);
  }

  /** Looks without using it up. @throws Problem 400 `link_invalid` */
  async check(purpose: AccountTokenPurpose, { uidb64, token }: LinkAddress): Promise<void> {
    if (!(await this.accountTokens.isUsable(userIdOf(uidb64), purpose, hash(token)))) throw invalidToken();
  }

  /** Uses the link up, once however many try. @throws Problem 400 `link_invalid` */
  async redeem(
    purpose: AccountTokenPurpose,
    { uidb64, token }: LinkAddress,
    tx: Transaction,
  ): Promise<RedeemedToken> {
    const link = await this.accountTokens.redeem(userIdOf(uidb64), purpose, hash(token), tx);
    if (!link) throw invalidToken();
    return link;
  }

  /** Whether a verification link did its work before. */
  isVerified({ uidb64, token }: LinkAddress): Promise<boolean> {
    return this.accountTokens.isVerified(userIdOf(uidb64), hash(token));
  }

  /** Every link of the user ends, as the password or address is another now; not those that undo such a change. */
  revokeAllOf(userId: number, tx: Transaction): Promise<void> {
    return this.accountTokens.revokeAllOf(userId, tx);
  }

  /**
   * Ends mails about favorites, however often and late it is used.
   *
   * @returns `post`: for a mail program, which posts there (RFC 8058); `page`: for a person
   */
  unsubscribeLinks(userId: number): { post: string; page: string } {
    const token = this.tokenFor('unsubscribe', userId, '');
    return {
      post: this.apiLinkTo('unsubscribe', userId, token),
      page: this.linkTo('unsubscribe', userId, token),
    };
  }

  /** @returns whose link it is. @throws Problem 400 `link_invalid` */
  checkUnsubscribe({ uidb64, token }: LinkAddress): number {
    const userId = userIdOf(uidb64);
    const right = Buffer.from(this.tokenFor('unsubscribe', userId, ''));
    const given = Buffer.from(token);
    if (given.length !== right.length || !timingSafeEqual(given, right)) throw invalidToken();
    return userId;
  }

  private tokenFor(purpose: string, userId: number, seed: string): string {
    return createHmac('sha256', this.#key).update(`${purpose} ${userId} ${seed}`).digest('base64url');
  }

  /** To a page of the frontend, or else to the API, which answers a browser with a page of its own. */
  private linkTo(route: string, userId: number, token: string): string {
    const { frontendUrl } = this.config;
    if (!frontendUrl) return this.apiLinkTo(route, userId, token);
    const page = route === LINK_ROUTES.reset_password ? 'reset-password' : route;
    return `${frontendUrl}/${page}/${uidb64Of(userId)}/${token}`;
  }

  private apiLinkTo(route: string, userId: number, token: string): string {
    return `${this.config.publicUrl}/api/auth/${route}/${uidb64Of(userId)}/${token}/`;
  }
}

function uidb64Of(userId: number): string {
  return Buffer.from(String(userId)).toString('base64url');
}

function hash(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

/** 0, which no user has, for what is no id. */
function userIdOf(uidb64: string): number {
  const id = Buffer.from(uidb64, 'base64url').toString();
  return /^[1-9]\d{0,14}$/.test(id) ? Number(id) : 0;
}

function invalidToken() {
  return invalid('link_invalid', 'The link is not valid: it was used, has run out, or a newer one was sent.');
}
