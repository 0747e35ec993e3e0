import { Injectable, Logger } from '@nestjs/common';
import { Config } from '../config/config.js';
import { cannotServe, Database, isUnreachable, type Transaction } from '../database/database.js';
import type { Principal } from '../http/access.js';
import type { Json } from '../http/paging.js';
import type { Precondition } from '../http/preconditions.js';
import { conflict, forbidden, invalidField } from '../http/problem.js';
import { ReadCache } from '../http/read-cache.js';
import { changedFields } from '../http/versions.js';
import { MailQueueService } from '../mail/mail-queue.service.js';
import { mailRequest } from '../mail/mail-request.js';
import { StockService } from '../products/stock.service.js';
import type { EventSource, OrderEventName } from './order-event.entity.js';
import { OrderHistoryRepository } from './order-history.repository.js';
import { differences, type HeldLine, merged, type OrderLine, quantities, rebased } from './order-lines.js';
import { canBecome, type OrderStatus } from './order-status.js';
import {
  MAX_LINES,
  type OrderDto,
  type OrderChangesDto,
  type OrderEventDto,
  type UpdateOrderDto,
} from './orders.dto.js';
import { type LockedOrder, type OrderFields, OrdersRepository } from './orders.repository.js';
import {
  GUEST,
  notEditable,
  type OrderActor,
  refuseMoreThan,
  requestedItemsOf,
  scopeOf,
  totalChanged,
  unknownOrder,
} from './order-problems.js';

/** Orders that one call ends at most. */
const BATCH = 100;
/** Pending orders that one call reads at most: more than a batch, since some cannot end now. */
const MOST_READ = 1_000;

/** Who changes an order, for the history and the ledger. */
interface Actor {
  source: EventSource;
  id: number | null;
  role: string | null;
}

const CLOCK: Actor = { source: 'clock', id: null, role: null };

/** The changes of a request to a locked order. */
interface Edit {
  fields: Partial<OrderFields>;
  lines?: OrderLine[];
}

/**
 * Changes of existing orders. Locks are taken on the order first, then on products by id; a checkout never waits for an
 * existing order, so there is no deadlock. Every change makes a new version, and a row of the history.
 */
@Injectable()
export class OrderChangesService {
  private readonly logger = new Logger(OrderChangesService.name);
  /** Id of the last pending order that `expirePending` looked at. */
  private lookedUpTo = 0;

  constructor(
    private readonly orders: OrdersRepository,
    private readonly history: OrderHistoryRepository,
    private readonly stock: StockService,
    private readonly cache: ReadCache,
    private readonly mails: MailQueueService,
    private readonly database: Database,
    private readonly config: Config,
  ) {}

  /**
   * Changes items, addresses and notes of a pending order (and the stock), or its status. Added units cost the present
   * price. When the body names the version that it was read from, only fields that differ from that version count;
   * otherwise those that differ from the present one.
   *
   * @throws Problem 404 for an unknown order and for another user's; 412 when `precondition` does not hold; 403 when a
   *   customer sets a status; 409 `order_not_editable`, `invalid_status_transition`, `insufficient_stock` or
   *   `total_changed`
   */
  async update(
    id: number,
    body: UpdateOrderDto,
    by: OrderActor,
    precondition?: Precondition,
  ): Promise<Json<OrderDto>> {
    let held: HeldLine[] = [];
    let lines: OrderLine[] | undefined;
    try {
      const answer = await this.database.transactionBy(userOf(by), async (tx) => {
        const order = await this.locked(id, by, precondition, tx);
        held = await this.orders.findLines(id, tx);
        const edit = await this.editOf(order, held, body, tx);
        lines = edit.lines;
        refuseEdit(order, edit.fields, by);
        if (lines) await this.changeLines(order, held, lines, body, by, tx);
        if (edit.fields.status === 'cancelled') await this.restock(id, 'cancellation', by.id, tx);
        await this.record(order, edit, held, actorOf(by), tx);
        const changed = (await this.orders.find(id, scopeOf(by), tx))!;
        refuseOtherTotal(body.expected_total, changed);
        return changed;
      });
      if (lines || body.status === 'cancelled') this.cache.clear();
      return answer;
    } catch (error) {
      throw await this.stock.explain(error, addedItems(body.items ?? [], lines ?? [], held));
    }
  }

  /**
   * Restocks the units and hides the order from its owner; the row stays for accounting.
   *
   * @throws Problem 404; 412 when `precondition` does not hold; 409 unless it is pending
   */
  async delete(id: number, by: OrderActor, precondition?: Precondition): Promise<void> {
    await this.database.transactionBy(userOf(by), async (tx) => {
      const order = await this.locked(id, by, precondition, tx);
      if (order.status !== 'pending') throw notEditable(order.status);
      await this.orders.hideFromOwner(id, tx);
      await this.restock(id, 'deletion', by.id, tx);
      await this.record(order, { fields: { status: 'cancelled' } }, [], actorOf(by), tx, 'deleted');
    });
    this.cache.clear();
  }

  /**
   * Ships paid orders, in the order of their ids, each with a new version and a row of the history.
   *
   * @returns the ids of orders that are not paid; they stay unchanged
   */
  async shipMany(ids: number[], by: Principal, tx: Transaction): Promise<number[]> {
    const refused: number[] = [];
    for (const id of ids.toSorted((a, b) => a - b)) {
      const order = await this.orders.lock(id, 'all', tx);
      if (order?.status !== 'paid') refused.push(id);
      else await this.record(order, { fields: { status: 'shipped' } }, [], actorOf(by), tx);
    }
    return refused;
  }

  /** The oldest first, beginning with the order as it was placed. @throws Problem 404 as `find` does */
  async listHistory(id: number, by: OrderActor): Promise<OrderEventDto[]> {
    const order = await this.orders.findPlacing(id, scopeOf(by));
    if (!order) throw unknownOrder();
    const mayName = (actor: number | null) => by.role === 'admin' || actor === by.id;
    const events = await this.history.findOf(id);
    const wasGuests = events.some(({ event }) => event === 'claimed');
    const placed = {
      version: 1,
      event: 'placed' as const,
      source: 'api' as const,
      actor_id: wasGuests ? null : order.user_id,
      actor_role: GUEST.role,
      changes: {},
      created_at: order.created_at,
    };
    // Only its owner and admins change an order. The owner may have had another role at that time.
    return [placed, ...events].map((event) => ({
      version: event.version,
      event: event.event,
      source: event.source,
      actor_id: mayName(event.actor_id) ? event.actor_id : null,
      actor_role: event.actor_id !== null && event.actor_role !== 'admin' ? 'owner' : event.actor_role,
      changes: event.changes as OrderChangesDto,
      created_at: event.created_at,
    }));
  }

  /**
   * Housekeeping: cancels orders that have been pending for `ORDER_PENDING_HOURS` by the database's clock and are not
   * `held`. Their units are restocked, and their owners get a mail. Orders that another transaction is changing are left
   * for a later call, and so are those that fail: each call goes on where the one before has stopped, and after the last
   * expired order from the first one.
   */
  async expirePending(): Promise<void> {
    const hours = this.config.orderPendingHours;
    if (hours === 0) return;
    let mayWait = true;
    let ended = 0;
    const pending = await this.orders.findPending(hours, this.lookedUpTo, MOST_READ);
    for (const { id, expired } of pending) {
      if (ended === BATCH) return;
      this.lookedUpTo = id;
      if (!expired) continue;
      try {
        if (await this.expire(id, hours, mayWait)) ended += 1;
      } catch (error) {
        if (isUnreachable(error) || cannotServe(error)) throw error;
        mayWait = false; // an order that fails must not delay the others
        this.logger.warn(`order ${id} ends later: ${(error as Error).message}`);
      }
    }
    if (pending.length < MOST_READ || !pending.at(-1)!.expired) this.lookedUpTo = 0; // later ones are newer
  }

  /**
   * @param mayWait whether to wait for products that another transaction has locked, or to leave the order for later
   * @returns whether the order ended
   */
  private async expire(id: number, hours: number, mayWait: boolean): Promise<boolean> {
    const hasEnded = await this.database.transaction(async (tx) => {
      const order = await this.orders.lockExpired(id, hours, tx);
      if (!order || !(mayWait || (await this.stock.lockAtOnce(await this.orders.findLines(id, tx), tx))))
        return false;
      await this.restock(id, 'expired', null, tx);
      await this.record(order, { fields: { status: 'cancelled' } }, [], CLOCK, tx, 'expired');
      await this.mails.add(noticeOfExpiry(order), tx);
      return true;
    });
    if (hasEnded) this.cache.clear();
    return hasEnded;
  }

  private async locked(
    id: number,
    by: OrderActor,
    precondition: Precondition | undefined,
    tx: Transaction,
  ): Promise<LockedOrder> {
    const order = await this.orders.lock(id, scopeOf(by), tx);
    if (!order) throw unknownOrder();
    precondition?.check((await this.orders.find(id, scopeOf(by), tx))!);
    return order;
  }

  /** The changes in a body: fields and lines that differ from the version that was read, and from the present one. */
  private async editOf(
    order: LockedOrder,
    held: HeldLine[],
    body: UpdateOrderDto,
    tx: Transaction,
  ): Promise<Edit> {
    const { items, version, updated_at, expected_total: _expected, ...said } = body;
    const read = version || updated_at ? await this.asRead(order, held, body, tx) : undefined;
    const fields = changedFields(read ? changedFields(said, read) : said, order);
    if (!items) return { fields };
    const lines = read ? rebased(items, read.items, held) : merged(items);
    return differences(held, lines).size > 0 ? { fields, lines } : { fields };
  }

  /**
   * Rebuilds the version of the order that the body names, by reverting later changes, the newest first.
   *
   * @throws Problem 400 or 409 when there was no such version
   */
  private async asRead(
    order: LockedOrder,
    held: HeldLine[],
    { version, updated_at }: UpdateOrderDto,
    tx: Transaction,
  ): Promise<OrderFields & { items: OrderLine[] }> {
    const events = await this.history.findOf(order.id, tx);
    const states = [{ version: 1, at: order.created_at }].concat(
      events.map((event) => ({ version: event.version, at: event.created_at })),
    );
    const state = states.findLast((one) =>
      version ? one.version === version : one.at.getTime() === new Date(updated_at!).getTime(),
    );
    if (!state && version) throw invalidField('version', 'There is no such version of the order.');
    if (!state) throw versionUnknown();
    const then = { ...order, items: held as OrderLine[] };
    for (const { changes } of events.filter((event) => event.version > state.version).toReversed()) {
      for (const [field, [before, after]] of Object.entries(changes)) {
        if (before === after) throw versionUnknown(); // the values were erased with the person
        Object.assign(then, { [field]: before });
      }
    }
    return then;
  }

  private async changeLines(
    order: LockedOrder,
    held: HeldLine[],
    lines: OrderLine[],
    body: UpdateOrderDto,
    by: OrderActor,
    tx: Transaction,
  ): Promise<void> {
    if (order.status !== 'pending') throw notEditable(order.status);
    this.refuseTooMuch(held, lines, body);
    const changes = differences(held, lines);
    const moves = [...changes].map(([product_id, units]) => ({ product_id, delta: -units }));
    const cause = { reason: 'order_change', orderId: order.id, actorId: by.id } as const;
    await this.stock.move(moves, cause, tx);
    await this.orders.changeLines(order.id, held, changes, tx);
  }

  /** Refuses more lines or units than a new order may have, unless the order has as many already. */
  private refuseTooMuch(held: HeldLine[], lines: OrderLine[], { items = [] }: UpdateOrderDto): void {
    if (lines.length === 0) throw invalidField('items', 'An order needs an item.');
    const before = quantities(held);
    if (lines.length > MAX_LINES && lines.length > before.size) {
      throw invalidField('items', `An order has at most ${MAX_LINES} different products.`);
    }
    const grown = lines.filter(({ product_id, quantity }) => quantity > (before.get(product_id) ?? 0));
    refuseMoreThan(this.config.maxQuantity, items, grown);
  }

  /** Writes the fields, the next version and its row of the history; nothing when nothing changes. */
  private async record(
    order: LockedOrder,
    { fields, lines }: Edit,
    held: HeldLine[],
    actor: Actor,
    tx: Transaction,
    event: OrderEventName = eventOf(fields),
  ): Promise<void> {
    const fieldChanges = Object.entries(fields).map(([field, value]) => [
      field,
      [order[field as keyof OrderFields], value],
    ]);
    const changes = Object.fromEntries(fieldChanges);
    if (lines) changes.items = [shown(held), shown(await this.orders.findLines(order.id, tx))];
    if (Object.keys(changes).length === 0) return;
    const version = order.version + 1;
    await this.orders.update(order.id, { ...fields, version }, tx);
    const by = { source: actor.source, actor_id: actor.id, actor_role: actor.role };
    await this.history.insert({ order_id: order.id, version, event, ...by, changes }, tx);
  }

  private async restock(
    id: number,
    reason: 'cancellation' | 'deletion' | 'expired',
    actorId: number | null,
    tx: Transaction,
  ): Promise<void> {
    const lines = merged(await this.orders.findLines(id, tx));
    const moves = lines.map(({ product_id, quantity }) => ({ product_id, delta: quantity }));
    await this.stock.move(moves, { reason, orderId: id, actorId }, tx);
  }
}

function noticeOfExpiry({ id, user_id }: LockedOrder) {
  return user_id === null
    ? mailRequest('guest_order_expired', { orderId: id })
    : mailRequest('order_expired', { userId: user_id, orderId: id });
}

function userOf(by: OrderActor): Principal | undefined {
  return by.id === null ? undefined : by;
}

function actorOf(by: OrderActor): Actor {
  return { source: 'api', id: by.id, role: by.role };
}

function eventOf({ status, held }: Partial<OrderFields>): OrderEventName {
  if (status && status !== 'pending') return status;
  if (held !== undefined) return held ? 'held' : 'released';
  return 'changed';
}

function shown(lines: HeldLine[]): object[] {
  return lines.map(({ product_id, quantity, unit_price }) => ({ product_id, quantity, unit_price }));
}

/** @throws Problem 403 for fields that only an admin sets; 409 for changes that the order's status does not allow */
function refuseEdit(order: LockedOrder, fields: Partial<OrderFields>, by: OrderActor): void {
  const { status, ...others } = fields;
  if (fields.held !== undefined && by.role !== 'admin') {
    throw forbidden('hold_not_yours', 'Only an admin holds an order.');
  }
  if (Object.keys(others).length > 0 && order.status !== 'pending') throw notEditable(order.status);
  if (status) refuseTransition(order.status, status, by);
}

function refuseTransition(from: OrderStatus, to: OrderStatus, by: OrderActor): void {
  if (by.role !== 'admin') {
    if (to !== 'cancelled') throw forbidden('status_not_yours', 'Only an admin sets the status of an order.');
    if (from !== 'pending') throw notEditable(from);
  }
  if (!canBecome(from, to)) {
    throw conflict('invalid_status_transition', `An order that is ${from} cannot become ${to}.`);
  }
}

function versionUnknown() {
  return conflict('version_unknown', 'It is not known what the order was at that time: read it again.');
}

function refuseOtherTotal(expected: string | undefined, answer: Json<OrderDto>): void {
  const { total } = JSON.parse(answer) as OrderDto;
  if (expected !== undefined && Number(expected) !== Number(total)) throw totalChanged(expected, total);
}

/** The units that the lines add to those of the order. */
function addedItems(items: OrderLine[], lines: OrderLine[], held: OrderLine[]) {
  const before = quantities(held);
  return requestedItemsOf(items, lines)
    .map((requested) => ({
      ...requested,
      quantity: requested.quantity - (before.get(requested.product_id) ?? 0),
    }))
    .filter(({ quantity }) => quantity > 0);
}
