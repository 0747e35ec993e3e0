import { Injectable } from '@nestjs/common';
import { createHmac, timingSafeEqual } from 'node:crypto';
import { Config } from '../config/config.js';
import type { Transaction } from '../database/database.js';
import { invalid } from '../http/problem.js';
import { tokenHash } from '../http/token-hash.js';
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
  /** 256 random bits, made with the request for the mail. */
  seed: string;
  requestedAt: Date;
}

/** The parameters in a link's URL: `/api/auth/<route>/<uidb64>/<token>/` or `<FRONTEND_URL>/<page>/<uidb64>/<token>`. */
export interface LinkAddress {
  uidb64: string;
  token: string;
}

/**
 * Links in mails, which prove that a user reads an address. The token is `HMAC-SHA-256(server key, purpose, user id and
 * the request's 256-bit seed)`: a mail that is sent again holds the same token, and the database holds only its SHA-256.
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
   * Issues the link of a request. It replaces the user's older link of the same purpose.
   *
   * @param lifetime PostgreSQL interval from the sending of the mail
   * @returns its absolute URL, or undefined when it was used or revoked before, or a newer link was requested
   */
  async issue(
    purpose: AccountTokenPurpose,
    request: AccountTokenRequest,
    lifetime = TOKEN_LIFETIMES[purpose],
  ): Promise<string | undefined> {
    const { userId, email, newEmail = null, seed, requestedAt } = request;
    const token = this.tokenFor(purpose, userId, seed);
    const link = { userId, purpose, tokenHash: tokenHash(token), email, newEmail, requestedAt };
    if (!(await this.accountTokens.issue(link, lifetime))) return undefined;
    return this.linkTo(LINK_ROUTES[purpose], userId, token);
  }

  /**
   * For seven days, a link mailed to `email` can restore that address to the account; no other account can take it then.
   *
   * @param seed of the mail that will hold the link
   */
  async allowUndo(userId: number, email: string, seed: string, tx: Transaction): Promise<void> {
    const token = this.tokenFor(UNDO_ROUTE, userId, seed);
    await this.undoTokens.insert(userId, email, tokenHash(token), UNDO_LIFETIME, tx);
  }

  /** @returns the URL of the link that `allowUndo` made for that mail, or undefined when it cannot be used any more */
  async undoLink(userId: number, seed: string): Promise<string | undefined> {
    const token = this.tokenFor(UNDO_ROUTE, userId, seed);
    if (!(await this.undoTokens.isUsable(userId, tokenHash(token)))) return undefined;
    return this.linkTo(UNDO_ROUTE, userId, token);
  }

  /** Checks the link without using it. @throws Problem 400 `link_invalid` */
  async checkUndo({ uidb64, token }: LinkAddress): Promise<void> {
    if (!(await this.undoTokens.isUsable(userIdOf(uidb64), tokenHash(token)))) throw invalidToken();
  }

  /** Uses the link, and with it those of later changes. @throws Problem 400 `link_invalid` */
  async redeemUndo({ uidb64, token }: LinkAddress, tx: Transaction): Promise<EmailUndo> {
    const undo = await this.undoTokens.redeem(userIdOf(uidb64), tokenHash(token), tx);
    if (!undo) throw invalidToken();
    return undo;
  }

  /** Whether an account other than `userId` may still restore this address. */
  isReserved(email: string, userId: number, tx: Transaction): Promise<boolean> {
    return this.undoTokens.isReserved(email, userId, tx);
  }

  /** The id of the user whom the link names, which is not verified; 0 for one that no user has. */
  ownerOf({ uidb64 }: LinkAddress): number {
    return userIdOf(uidb64);
  }

  /** Checks the link without using it. @throws Problem 400 `link_invalid` */
  async check(purpose: AccountTokenPurpose, { uidb64, token }: LinkAddress): Promise<void> {
    if (!(await this.accountTokens.isUsable(userIdOf(uidb64), purpose, tokenHash(token))))
      throw invalidToken();
  }

  /** Uses the link; of many concurrent calls one succeeds. @throws Problem 400 `link_invalid` */
  async redeem(
    purpose: AccountTokenPurpose,
    { uidb64, token }: LinkAddress,
    tx: Transaction,
  ): Promise<RedeemedToken> {
    const link = await this.accountTokens.redeem(userIdOf(uidb64), purpose, tokenHash(token), tx);
    if (!link) throw invalidToken();
    return link;
  }

  /** Whether the address of this verification link is verified already. */
  isVerified({ uidb64, token }: LinkAddress): Promise<boolean> {
    return this.accountTokens.isVerified(userIdOf(uidb64), tokenHash(token));
  }

  /** Revokes the user's links after a change of password or address, except those that undo a change of address. */
  revokeAllOf(userId: number, tx: Transaction): Promise<void> {
    return this.accountTokens.revokeAllOf(userId, tx);
  }

  /**
   * The links that end mails about favorites. They never expire and can be used again.
   *
   * @returns `post`: the URL that a mail client posts to (RFC 8058, one click); `page`: the one for a reader
   */
  unsubscribeLinks(userId: number): { post: string; page: string } {
    const token = this.tokenFor('unsubscribe', userId, '');
    return {
      post: this.apiLinkTo('unsubscribe', userId, token),
      page: this.linkTo('unsubscribe', userId, token),
    };
  }

  /** @returns the id of the user whom the link unsubscribes. @throws Problem 400 `link_invalid` */
  checkUnsubscribe({ uidb64, token }: LinkAddress): number {
    const userId = userIdOf(uidb64);
    const expected = Buffer.from(this.tokenFor('unsubscribe', userId, ''));
    const given = Buffer.from(token);
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) throw invalidToken();
    return userId;
  }

  private tokenFor(purpose: string, userId: number, seed: string): string {
    return createHmac('sha256', this.#key).update(`${purpose} ${userId} ${seed}`).digest('base64url');
  }

  /** The page of the frontend where `FRONTEND_URL` is set, else the API's route, which answers browsers with a page. */
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

/** 0, an id that no user has, when the text is not the base64url of an id. */
function userIdOf(uidb64: string): number {
  const id = Buffer.from(uidb64, 'base64url').toString();
  return /^[1-9]\d{0,14}$/.test(id) ? Number(id) : 0;
}

function invalidToken() {
  return invalid('link_invalid', 'The link is not valid: it was used, has run out, or a newer one was sent.');
}
