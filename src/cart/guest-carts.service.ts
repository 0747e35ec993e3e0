import { Injectable } from '@nestjs/common';
import { normalizeIp } from '@nestjs/throttler';
import { createHmac, randomBytes } from 'node:crypto';
import { Config } from '../config/config.js';
import type { Transaction } from '../database/database.js';
import type { ClientInfo, Guest, Shopper } from '../http/access.js';
import { unauthenticated } from '../http/problem.js';
import { tokenHash } from '../http/token-hash.js';
import type { IdempotentRequest } from '../idempotency/idempotent-request.js';
import { RateLimitStore } from '../rate-limit/rate-limit-store.js';
import { GuestCartsRepository } from './guest-carts.repository.js';

/** New carts of one address in a minute. */
const MOST_NEW_CARTS = 60;

/** 256 bits in base64url. */
const TOKEN = /^[\w-]{43}$/;

/** Characters of 128 random bits in base64: two clients do not choose such a key by chance. */
const LEAST_KEY_LENGTH = 22;

/**
 * Carts of guests. The token of a cart is the only credential for it; the database holds only the token's SHA-256. A cart
 * expires thirty days after its last use.
 */
@Injectable()
export class GuestCartsService {
  readonly #key;

  constructor(
    private readonly carts: GuestCartsRepository,
    private readonly limits: RateLimitStore,
    private readonly config: Config,
  ) {
    this.#key = config.key('cart-token');
  }

  /** @returns the cart's id, or undefined for a token that opens none */
  async find(token: string): Promise<number | undefined> {
    if (!TOKEN.test(token)) return undefined;
    const cart = await this.carts.find(tokenHash(token));
    if (cart?.is_stale) await this.carts.prolong(cart.id);
    return cart?.id;
  }

  /**
   * A new cart. A request that is sent again, by its key and from the same address, gets the same one.
   *
   * @throws Problem 429 beyond sixty new carts of an address in a minute
   */
  async open(guest: Guest, request?: IdempotentRequest): Promise<Required<Shopper>> {
    await this.countNewCart(guest.client);
    const cartToken = this.tokenFor(guest.client, request);
    const id = await this.carts.insert(tokenHash(cartToken));
    return { id, guest: { ...guest, cartToken } };
  }

  /** Deletes a cart that `open` made, if it is still empty. */
  discard(id: number): Promise<void> {
    return this.carts.deleteIfEmpty(id);
  }

  /** Deletes a cart whose lines go to a user. @returns its id, or undefined when there is none or another call was first */
  async take(token: string, tx: Transaction): Promise<number | undefined> {
    return TOKEN.test(token) ? this.carts.take(tokenHash(token), tx) : undefined;
  }

  /** Housekeeping: carts that were not used for thirty days. */
  deleteExpired(limit: number): Promise<number> {
    return this.carts.deleteExpired(limit);
  }

  private async countNewCart({ address }: ClientInfo): Promise<void> {
    if (!this.config.rateLimit) return;
    await this.limits.admit(`new-cart:${normalizeIp(address)}`, MOST_NEW_CARTS);
  }

  /** Random or, with an idempotency key, derived from address and request, so that a retry finds the first attempt's cart. */
  private tokenFor({ address }: ClientInfo, request?: IdempotentRequest): string {
    if (!request || request.key.length < LEAST_KEY_LENGTH) return randomBytes(32).toString('base64url');
    const text = `${normalizeIp(address)} ${request.fingerprint.toString('base64')} ${request.key}`;
    return createHmac('sha256', this.#key).update(text).digest('base64url');
  }
}

export function invalidCartToken() {
  return unauthenticated('cart_token_not_valid', 'The cart of this X-Cart-Token is gone, or never was.');
}
