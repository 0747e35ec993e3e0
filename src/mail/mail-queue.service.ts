import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { createHash } from 'node:crypto';
import { Config } from '../config/config.js';
import type { Transaction } from '../database/database.js';
import { identifierKey } from '../http/identifier.js';
import { JobsService } from '../jobs/jobs.service.js';
import { MAIL_JOB, type MailRequest } from './mail-request.js';

/** Where mails wait until the change that wants them is committed and a mail server takes them. */
@Injectable()
export class MailQueueService implements OnApplicationBootstrap {
  private readonly logger = new Logger(MailQueueService.name);

  constructor(
    private readonly jobs: JobsService,
    private readonly config: Config,
  ) {}

  onApplicationBootstrap(): void {
    if (this.config.mailDelivery === 'none') {
      this.logger.warn('SMTP_URL is not set: mails wait in the queue until the shop is started with it.');
    }
  }

  add(mail: MailRequest, tx?: Transaction): Promise<void> {
    const reader = mail.orderId ? guestReader(mail.orderId) : (mail.userId ?? readerKey(mail.email!));
    return this.jobs.add(MAIL_JOB, mail, `mail:${reader}:${mail.seed}`, tx);
  }

  /** A mail of another kind, which `handle` of that name sends; erasing the user takes it out of the queue. */
  addJob<T extends { userId: number; seed: string }>(name: string, mail: T, tx: Transaction): Promise<void> {
    return this.jobs.add(name, mail, `mail:${mail.userId}:${mail.seed}`, tx);
  }

  /** Mails to the user, or about an account with one of these addresses, are not sent any more. */
  async removeAllOf(userId: number, emails: string[], tx: Transaction): Promise<void> {
    for (const reader of [userId, ...emails.map(readerKey)]) await this.jobs.remove(`mail:${reader}:`, tx);
  }

  /** Mails to the guest who placed the order are not sent any more. */
  removeAllOfGuestOrder(orderId: number, tx: Transaction): Promise<void> {
    return this.jobs.remove(`mail:${guestReader(orderId)}:`, tx);
  }

  /** @param send throws when the mail did not leave; it is called again later */
  deliverWith(send: (mail: MailRequest, job: MailJob, abort: AbortSignal) => Promise<void>): void {
    this.handle(MAIL_JOB, send);
  }

  /** For mails of `addJob`; else as `deliverWith`. */
  handle<T>(name: string, send: (mail: T, job: MailJob, abort: AbortSignal) => Promise<void>): void {
    if (this.config.mailDelivery !== 'none') this.jobs.handle(name, send as never);
  }
}

function guestReader(orderId: number): string {
  return `guest-order-${orderId}`;
}

/** The hash of an address, so that a job's key does not contain it. */
function readerKey(email: string): string {
  return createHash('sha256').update(identifierKey(email)).digest('base64url');
}

export interface MailJob {
  id: string;
  createdAt: Date;
}
