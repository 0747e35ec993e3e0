import { Module } from '@nestjs/common';
import { MailModule } from './mail.module.js';
import { MailboxController } from './mailbox.controller.js';

/** Only where mails go to the development mailbox; production has no such route. */
@Module({
  imports: [MailModule],
  controllers: [MailboxController],
})
export class MailboxModule {}
