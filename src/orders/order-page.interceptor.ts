import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { catchError, from, mergeMap, type Observable } from 'rxjs';
import { Config } from '../config/config.js';
import { prefersHtml } from '../http/accept.js';
import { preferredLanguage } from '../http/language.js';
import type { Json } from '../http/paging.js';
import { Problem } from '../http/problem.js';
import { SECRET_PAGE, sendAsPage } from '../mail/html-page.js';
import { money, TemplatesService } from '../mail/templates.service.js';
import type { OrderDto } from './orders.dto.js';

/** Answers browsers, which follow the link of a mail, with an HTML page without scripts, and other clients with JSON. */
@Injectable()
export class OrderPageInterceptor implements NestInterceptor {
  constructor(
    private readonly templates: TemplatesService,
    private readonly config: Config,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler<Json<OrderDto>>): Observable<unknown> {
    const request = context.switchToHttp().getRequest<FastifyRequest<{ Params: { token: string } }>>();
    const reply = context.switchToHttp().getResponse<FastifyReply>();
    reply.headers(SECRET_PAGE);
    if (!prefersHtml(request.headers)) return next.handle();
    return next.handle().pipe(
      mergeMap((order) => from(this.orderPage(JSON.parse(order) as OrderDto, request, reply))),
      catchError((error) => from(this.problemPage(error, request, reply))),
    );
  }

  private async orderPage(
    order: OrderDto,
    { headers, params }: FastifyRequest<{ Params: { token: string } }>,
    reply: FastifyReply,
  ): Promise<string> {
    const language = preferredLanguage(headers);
    const words = await this.templates.words(language, { order: String(order.id) });
    const cancelAddress = `${this.config.publicPath}/api/guest-orders/${params.token}/cancel`;
    const html = await this.templates.html('order', {
      language,
      words,
      order,
      money: (value: string) => money(value, language, words),
      cancelAddress,
    });
    return sendAsPage(html, language, reply);
  }

  /** @throws every error other than a Problem */
  private async problemPage(
    error: unknown,
    { headers }: FastifyRequest,
    reply: FastifyReply,
  ): Promise<string> {
    if (!(error instanceof Problem)) throw error;
    const language = preferredLanguage(headers);
    const words = await this.templates.words(language);
    if (error.details.retryAfter) reply.header('retry-after', error.details.retryAfter);
    const page = words.pages[error.code] ?? words.pages.failed;
    const html = await this.templates.html('page', { language, words, page, errors: {}, isError: true });
    return sendAsPage(html, language, reply.code(error.status));
  }
}
