import { Module } from '@nestjs/common';
import { MailQueueService } from './mail-queue.service.js';
import { MailboxService } from './mailbox.service.js';
import { MailerService } from './mailer.service.js';
import { TemplatesService } from './templates.service.js';

@Module({
  providers: [MailQueueService, MailerService, MailboxService, TemplatesService],
  exports: [MailQueueService, MailerService, MailboxService, TemplatesService],
})
export class MailModule {}
