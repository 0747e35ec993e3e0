import { Controller, Get, Header, Param } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { Public } from '../http/access.js';
import { MailboxService } from './mailbox.service.js';
import { TemplatesService } from './templates.service.js';

const POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

/** The mails that would have been sent, for development. */
@ApiExcludeController()
@Controller('dev/mailbox')
@Public()
export class MailboxController {
  constructor(
    private readonly mailbox: MailboxService,
    private readonly templates: TemplatesService,
  ) {}

  /** List the mails, newest first */
  @Get()
  @Header('content-type', 'text/html; charset=utf-8')
  @Header('content-security-policy', POLICY)
  @Header('cache-control', 'no-store')
  async list(): Promise<string> {
    return this.templates.html('mailbox', { mails: await this.mailbox.list() });
  }

  /** Show a mail; its HTML is in a frame that runs no scripts */
  @Get(':id')
  @Header('content-type', 'text/html; charset=utf-8')
  @Header('content-security-policy', POLICY)
  @Header('cache-control', 'no-store')
  async show(@Param('id') id: string): Promise<string> {
    return this.templates.html('mailbox', { mail: await this.mailbox.find(id) });
  }
}
