import { Controller, Get, Header, Req } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { Config } from '../config/config.js';
import { Public } from '../http/access.js';
import { preferredLanguage } from '../http/language.js';
import { TemplatesService } from '../mail/templates.service.js';

const POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

/** The page at the root of the shop for browsers; other clients get JSON. */
@ApiExcludeController()
@Controller('welcome')
@Public()
export class WelcomeController {
  constructor(
    private readonly templates: TemplatesService,
    private readonly config: Config,
  ) {}

  /** Lead to the shop, its admin, its documentation and, in development, its mailbox */
  @Get()
  @Header('content-type', 'text/html; charset=utf-8')
  @Header('content-security-policy', POLICY)
  @Header('cache-control', 'no-cache')
  @Header('vary', 'Accept, Accept-Language')
  async show(@Req() { headers }: FastifyRequest): Promise<string> {
    const language = preferredLanguage(headers);
    const { welcome } = await this.templates.words(language);
    const { publicPath, mailDelivery } = this.config;
    return this.templates.html('welcome', {
      language,
      words: welcome,
      publicPath,
      hasMailbox: mailDelivery === 'mailbox',
    });
  }
}
