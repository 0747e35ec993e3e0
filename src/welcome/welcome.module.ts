import { Module } from '@nestjs/common';
import { MailModule } from '../mail/mail.module.js';
import { WelcomeController } from './welcome.controller.js';

@Module({
  imports: [MailModule],
  controllers: [WelcomeController],
})
export class WelcomeModule {}
