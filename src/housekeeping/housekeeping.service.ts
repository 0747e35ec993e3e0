import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { AccountService } from '../account/account.service.js';
import { BulkService } from '../admin/bulk.service.js';
import { AuditService } from '../audit/audit.service.js';
import { GuestCartsService } from '../cart/guest-carts.service.js';
import { FavoriteMailsService } from '../favorites/favorite-mails.service.js';
import { IdempotencyService } from '../idempotency/idempotency.service.js';
import { ImportsService } from '../imports/imports.service.js';
import { MailQueueService } from '../mail/mail-queue.service.js';
import { OrderChangesService } from '../orders/order-changes.service.js';
import { OrdersService } from '../orders/orders.service.js';
import { RateLimitStore } from '../rate-limit/rate-limit-store.js';
import { PicturesService } from '../products/pictures.service.js';
import { ProductsService } from '../products/products.service.js';
import { WebhooksService } from '../webhooks/webhooks.service.js';
import { SessionsService } from '../sessions/sessions.service.js';

const HOUR_MS = 3_600_000;
/** Between two merges of the counts; a reader of a count adds the rows of this time. */
const COUNT_MS = 10_000;

/** Between two cancellations of expired pending orders. */
const EXPIRE_MS = 10_000;

/** Between two deletions of unused pictures. */
const UNUSED_PICTURES_MS = 600_000;

/** Between two rounds of mails about favorites. */
const NEWS_MS = 60_000;

/** Between two deletions of rows that a request wrote after the erasure of its user. */
const LATE_MS = 60_000;
const BATCH = 1_000; // rows; a batch stays well below `statement_timeout`

/** Deletes expired rows, so that no table grows for ever, merges counts, and queues mails about favorites. */
@Injectable()
export class HousekeepingService implements OnApplicationShutdown {
  private readonly logger = new Logger(HousekeepingService.name);
  private timers: NodeJS.Timeout[] = [];
  private isStopping = false;

  constructor(
    private readonly accounts: AccountService,
    private readonly sessions: SessionsService,
    private readonly idempotency: IdempotencyService,
    private readonly rateLimits: RateLimitStore,
    private readonly audit: AuditService,
    private readonly guestCarts: GuestCartsService,
    private readonly mails: MailQueueService,
    private readonly bulk: BulkService,
    private readonly imports: ImportsService,
    private readonly orders: OrdersService,
    private readonly orderChanges: OrderChangesService,
    private readonly products: ProductsService,
    private readonly pictures: PicturesService,
    private readonly webhooks: WebhooksService,
    private readonly favoriteMails: FavoriteMailsService,
  ) {}

  /**
   * Begins all tasks. The first runs follow one another, since each concurrent one would open a connection while the shop
   * gets its first requests. Call it after the server listens: a start that fails must leave no timers.
   */
  begin(): void {
    const first: (() => Promise<void>)[] = [];
    const repeat = (everyMs: number, work: () => Promise<void>) => {
      let running: Promise<void> | undefined;
      const run = () => (running ??= this.run(work).finally(() => (running = undefined)));
      first.push(run);
      this.timers.push(setInterval(() => void run(), everyMs).unref());
    };
    repeat(EXPIRE_MS, () => this.orderChanges.expirePending());
    repeat(COUNT_MS, () => this.orders.advanceOrderCount());
    repeat(COUNT_MS, () => this.products.mergeCounts());
    repeat(NEWS_MS, () => this.favoriteMails.queueNews());
    repeat(LATE_MS, () => this.accounts.eraseLate());
    for (const expiring of [
      this.sessions,
      this.idempotency,
      this.rateLimits,
      this.audit,
      this.mails,
      this.bulk,
      this.imports,
      this.guestCarts,
      this.webhooks,
    ]) {
      repeat(HOUR_MS, async () => {
        while ((await expiring.deleteExpired(BATCH)) === BATCH);
      });
    }
    repeat(UNUSED_PICTURES_MS, () => this.pictures.deleteUnused()); // last: may take long in a large shop
    void this.runSequentially(first);
  }

  onApplicationShutdown(): void {
    this.isStopping = true;
    this.timers.forEach(clearInterval);
  }

  private async runSequentially(runs: (() => Promise<void>)[]): Promise<void> {
    for (const run of runs) if (!this.isStopping) await run();
  }

  private run(work: () => Promise<void>): Promise<void> {
    return work().catch((error: Error) => this.logger.warn(`housekeeping is put off: ${error.message}`));
  }
}
