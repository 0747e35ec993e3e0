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

  /** Call it after the server listens: a start that fails must leave no timers. */
  begin(): void {
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
      this.repeat(HOUR_MS, async () => {
        while ((await expiring.deleteExpired(BATCH)) === BATCH);
      });
    }
    this.repeat(LATE_MS, () => this.accounts.eraseLate());
    this.repeat(UNUSED_PICTURES_MS, () => this.pictures.deleteUnused());
    this.repeat(COUNT_MS, () => this.orders.advanceOrderCount());
    this.repeat(COUNT_MS, () => this.products.mergeCounts());
    this.repeat(NEWS_MS, () => this.favoriteMails.queueNews());
    this.repeat(EXPIRE_MS, () => this.orderChanges.expirePending());
  }

  onApplicationShutdown(): void {
    this.timers.forEach(clearInterval);
  }

  private repeat(everyMs: number, work: () => Promise<void>): void {
    const run = () =>
      work().catch((error: Error) => this.logger.warn(`housekeeping is put off: ${error.message}`));
    void run();
    this.timers.push(setInterval(() => void run(), everyMs).unref());
  }
}
