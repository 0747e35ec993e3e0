import { Injectable } from '@nestjs/common';
import { normalizeIp } from '@nestjs/throttler';
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { AuditService } from '../audit/audit.service.js';
import { Config } from '../config/config.js';
import { Database, type Transaction } from '../database/database.js';
import type { Guest, Principal } from '../http/access.js';
import { identifierKey } from '../http/identifier.js';
import type { Language } from '../http/language.js';
import type { Json } from '../http/paging.js';
import { conflict, invalidField } from '../http/problem.js';
import { MailQueueService } from '../mail/mail-queue.service.js';
import { RateLimitStore } from '../rate-limit/rate-limit-store.js';
import { hashedName } from '../rate-limit/trackers.js';
import { type GuestOrder, GuestOrdersRepository } from './guest-orders.repository.js';
import { OrderChangesService } from './order-changes.service.js';
import { GUEST, unknownOrder } from './order-problems.js';
import type { OrderDto, PlacedOrderDto } from './orders.dto.js';
import { type GuestContact, OrdersRepository } from './orders.repository.js';

/** Orders in a minute, from one network address and to one e-mail address, which gets a mail for each. */
const MOST_BY_ADDRESS = 30;
const MOST_TO_EMAIL = 5;

/** Address, language and link for a mail to a guest. */
interface GuestReader {
  email: string;
  language: Language;
  /** Absolute URL of the order. */
  link: string;
}

/**
 * Orders without an account. The link of an order is the credential to read and cancel it. Its token is an HMAC-SHA-256
 * over the order's id and 256 random bits with a key of the server, so that it cannot be guessed, nor derived from a copy
 * of the database. An account with the same verified address takes the order over, and the link ends.
 */
@Injectable()
export class GuestOrdersService {
  readonly #key;

  constructor(
    private readonly guestOrders: GuestOrdersRepository,
    private readonly orders: OrdersRepository,
    private readonly changes: OrderChangesService,
    private readonly mails: MailQueueService,
    private readonly limits: RateLimitStore,
    private readonly audit: AuditService,
    private readonly database: Database,
    private readonly config: Config,
  ) {
    this.#key = config.key('guest-order');
  }

  /**
   * Contact data of a guest who is about to order; counts the order against the limits.
   *
   * @throws Problem 400 without an address; 429 beyond the orders that a guest may place in a minute
   */
  async contactOf({ client }: Guest, email: string | undefined): Promise<GuestContact> {
    if (email === undefined) throw invalidField('email', 'email is required to order without an account');
    if (this.config.rateLimit) {
      await this.limits.admit(`guest-order:${normalizeIp(client.address)}`, MOST_BY_ADDRESS);
      await this.limits.admit(`guest-order:${hashedName(email)}`, MOST_TO_EMAIL);
    }
    return { email, language: client.language, linkSeed: randomBytes(32) };
  }

  /** Adds the link of a new order to the response to the guest. It reads nothing: the order is committed already. */
  withLink(placed: Json<OrderDto>, { linkSeed }: Pick<GuestContact, 'linkSeed'>): Json<PlacedOrderDto> {
    const order = JSON.parse(placed) as OrderDto;
    const guest_token = this.tokenOf({ order_id: order.id, link_seed: linkSeed });
    return JSON.stringify({ ...order, guest_token, guest_link: this.linkTo(guest_token) });
  }

  /** Adds the order's link to a response that is sent again. */
  async withStoredLink(placed: Json<OrderDto>): Promise<Json<PlacedOrderDto>> {
    const guestOrder = await this.guestOrders.find((JSON.parse(placed) as OrderDto).id);
    if (!guestOrder) return placed; // it was claimed or erased since
    return this.withLink(placed, { linkSeed: guestOrder.link_seed });
  }

  /** @throws Problem 404 unless it is the token of an order that still belongs to a guest */
  async find(token: string): Promise<Json<OrderDto>> {
    const order = await this.orders.find(await this.orderOf(token), 'guests');
    if (!order) throw unknownOrder();
    return order;
  }

  /** Cancels a pending order; a second call changes nothing. @throws Problem 404 as `find` does; 409 unless it is pending */
  async cancel(token: string): Promise<Json<OrderDto>> {
    return this.changes.update(await this.orderOf(token), { status: 'cancelled' }, GUEST);
  }

  /** Gives a user the orders that were placed as a guest with the user's address, if it is verified. */
  claim(userId: number, tx?: Transaction): Promise<void> {
    return this.guestOrders.claim(userId, tx);
  }

  /** The recipient of a mail about the order; undefined when it does not belong to a guest any more. */
  async readerOf(orderId: number): Promise<GuestReader | undefined> {
    const guestOrder = await this.guestOrders.find(orderId);
    if (!guestOrder) return undefined;
    const { email, language } = guestOrder;
    return { email, language, link: this.linkTo(this.tokenOf(guestOrder)) };
  }

  /** The account that a guest's order belongs to by now. */
  async ownerOf(orderId: number): Promise<number | null> {
    return (await this.orders.findPlacing(orderId, 'all'))?.user_id ?? null;
  }

  /**
   * Erases the guest who placed the order, in all orders with the same address. The orders stay for accounting. A second
   * call changes nothing.
   *
   * @throws Problem 404 for an unknown order; 409 for one that belongs to an account
   */
  async erasePersonOf(orderId: number, by: Principal): Promise<void> {
    await this.database.transactionBy(by, async (tx) => {
      const order = await this.orders.lock(orderId, 'all', tx);
      if (!order) throw unknownOrder();
      if (order.user_id !== null) throw ofAnAccount();
      const guestOrder = await this.guestOrders.find(orderId, tx);
      if (!guestOrder) return;
      await this.erase(guestOrder.email, tx);
      await this.audit.add({ action: 'erase', model: 'orders', row_id: String(orderId) }, by, tx);
    });
  }

  /** Erases the guest with this address: contact data, history, audit log and mails of all orders. */
  async erase(email: string, tx: Transaction): Promise<void> {
    const orders = await this.guestOrders.erase(identifierKey(email), tx);
    await this.audit.eraseOrders(orders, tx);
    for (const orderId of orders) await this.mails.removeAllOfGuestOrder(orderId, tx);
  }

  /** The order of a token. @throws Problem 404 for an invalid one */
  private async orderOf(token: string): Promise<number> {
    const [, id] = /^([1-9]\d{0,14})\.[\w-]{43}$/.exec(token) ?? [];
    const guestOrder = id ? await this.guestOrders.find(Number(id)) : null;
    if (!guestOrder || !isSame(token, this.tokenOf(guestOrder))) throw unknownOrder();
    return guestOrder.order_id;
  }

  private tokenOf({ order_id, link_seed }: Pick<GuestOrder, 'order_id' | 'link_seed'>): string {
    const mac = createHmac('sha256', this.#key).update(`${order_id} `).update(link_seed);
    return `${order_id}.${mac.digest('base64url')}`;
  }

  private linkTo(token: string): string {
    const { frontendUrl, publicUrl } = this.config;
    return frontendUrl ? `${frontendUrl}/guest-orders/${token}` : `${publicUrl}/api/guest-orders/${token}`;
  }
}

function isSame(given: string, token: string): boolean {
  return given.length === token.length && timingSafeEqual(Buffer.from(given), Buffer.from(token));
}

function ofAnAccount() {
  return conflict('order_has_account', 'The order belongs to an account: that can be erased.');
}
