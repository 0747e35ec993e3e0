import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { MailQueueService } from './mail-queue.service.js';
import { MailboxService } from './mailbox.service.js';
import { MailerService } from './mailer.service.js';
import { SentMail } from './sent-mail.entity.js';
import { SentMailsRepository } from './sent-mails.repository.js';
import { TemplatesService } from './templates.service.js';

@Module({
  imports: [TypeOrmModule.forFeature([SentMail])],
  providers: [MailQueueService, SentMailsRepository, MailerService, MailboxService, TemplatesService],
  exports: [MailQueueService, MailerService, MailboxService, TemplatesService],
})
export class MailModule {}
