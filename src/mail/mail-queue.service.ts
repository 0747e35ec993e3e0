import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { Config } from '../config/config.js';
import type { Transaction } from '../database/database.js';
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
    return this.jobs.add(MAIL_JOB, mail, tx);
  }

  /** @param send throws when the mail did not leave; it is called again later */
  deliverWith(send: (mail: MailRequest, job: MailJob, abort: AbortSignal) => Promise<void>): void {
    if (this.config.mailDelivery !== 'none') this.jobs.handle(MAIL_JOB, send as never);
  }
}

export interface MailJob {
  id: string;
  createdAt: Date;
}
