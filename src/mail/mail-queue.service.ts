import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { createHash } from 'node:crypto';
import { Config } from '../config/config.js';
import type { Transaction } from '../database/database.js';
import { identifierKey } from '../http/identifier.js';
import { JobsService } from '../jobs/jobs.service.js';
import { MAIL_JOB, type MailRequest } from './mail-request.js';
import { SentMailsRepository } from './sent-mails.repository.js';

/** Days after which the record of a sent mail is deleted. */
const SENT_DAYS = 90;

/** Queues mails as jobs, which run after their transaction has committed, and are retried until a mail server accepts them. */
@Injectable()
export class MailQueueService implements OnApplicationBootstrap {
  private readonly logger = new Logger(MailQueueService.name);

  constructor(
    private readonly jobs: JobsService,
    private readonly sent: SentMailsRepository,
    private readonly config: Config,
  ) {}

  onApplicationBootstrap(): void {
    if (this.config.mailDelivery === 'none') {
      this.logger.warn('SMTP_URL is not set: mails wait in the queue until the shop is started with it.');
    }
  }

  add(mail: MailRequest, tx?: Transaction): Promise<void> {
    const reader = mail.userId ?? (mail.orderId ? guestReader(mail.orderId) : readerKey(mail.email!));
    return this.jobs.add(MAIL_JOB, mail, `mail:${reader}:${mail.seed}`, tx);
  }

  /** Queues a mail of another kind, which the handler of that name sends. Erasing the user removes it from the queue. */
  addJob<T extends { userId: number; seed: string }>(name: string, mail: T, tx: Transaction): Promise<void> {
    return this.jobs.add(name, mail, `mail:${mail.userId}:${mail.seed}`, tx);
  }

  /** Removes queued mails to the user and mails about these addresses, and the records of mails that were sent. */
  async removeAllOf(userId: number, emails: string[], tx: Transaction): Promise<void> {
    for (const reader of [userId, ...emails.map(readerKey)]) await this.jobs.remove(`mail:${reader}:`, tx);
    await this.sent.deleteOfUser(userId, tx);
  }

  /** Removes queued mails to the guest who placed the order, and the records of mails that were sent. */
  async removeAllOfGuestOrder(orderId: number, tx: Transaction): Promise<void> {
    await this.jobs.remove(`mail:${guestReader(orderId)}:`, tx);
    await this.sent.deleteOfOrder(orderId, tx);
  }

  /** @param send throws when the mail was not sent; it is then called again later */
  deliverWith(send: SendMail<MailRequest>): void {
    this.handle(MAIL_JOB, send);
  }

  /** Registers the handler for mails of `addJob`; see `deliverWith`. */
  handle<T>(name: string, send: SendMail<T>): void {
    if (this.config.mailDelivery === 'none') return;
    this.jobs.handle(name, async (mail, job, abort) => {
      const sent = await send(mail as T, job, abort);
      if (sent) await this.keep(sent, job);
    });
  }

  /** Deletes old records of sent mails. @returns how many, at most `limit` */
  deleteExpired(limit: number): Promise<number> {
    return this.sent.deleteOlder(SENT_DAYS, limit);
  }

  /** Records a sent mail. A failure is only logged: an error would send the mail again. */
  private async keep({ kind, userId, orderId, to, subject }: Sent, job: MailJob): Promise<void> {
    const about = { user_id: userId ?? null, order_id: orderId ?? null, queued_at: job.createdAt };
    try {
      await this.sent.insert({ id: Number(job.id), kind, ...about, email: to, subject });
    } catch (error) {
      this.logger.warn(`mail ${job.id} was sent, but is not listed: ${(error as Error).message}`);
    }
  }
}

/** @returns undefined when the mail is not needed any more */
type SendMail<T> = (mail: T, job: MailJob, abort: AbortSignal) => Promise<Sent | undefined>;

/** The record of a sent mail. */
interface Sent {
  kind: string;
  userId?: number;
  orderId?: number;
  to: string;
  subject: string;
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
