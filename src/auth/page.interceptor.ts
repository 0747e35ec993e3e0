import {
  applyDecorators,
  type CallHandler,
  type ExecutionContext,
  Injectable,
  type NestInterceptor,
  SetMetadata,
  UseInterceptors,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { catchError, from, mergeMap, type Observable } from 'rxjs';
import { prefersHtml } from '../http/accept.js';
import { type Language, preferredLanguage } from '../http/language.js';
import { Problem } from '../http/problem.js';
import { SECRET_PAGE, sendAsPage } from '../mail/html-page.js';
import { TemplatesService, type Words } from '../mail/templates.service.js';
import type { Outcome, OutcomeDto } from './email-actions.dto.js';

const FORM = Symbol('form');

export type Form = 'reset' | 'confirm';

/** The form that the page of an outcome shows. */
const FORM_OF: Partial<Record<Outcome, Form>> = {
  reset_link_valid: 'reset',
  change_link_valid: 'confirm',
  undo_link_valid: 'confirm',
  unsubscribe_link_valid: 'confirm',
};

@Injectable()
class PageInterceptor implements NestInterceptor {
  constructor(
    private readonly templates: TemplatesService,
    private readonly reflector: Reflector,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler<OutcomeDto>): Observable<unknown> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const reply = context.switchToHttp().getResponse<FastifyReply>();
    reply.headers(SECRET_PAGE);
    if (!prefersHtml(request.headers)) return next.handle();

    const language = preferredLanguage(request.headers);
    const form = this.reflector.get<Form | undefined>(FORM, context.getHandler());
    return next.handle().pipe(
      mergeMap((outcome) => from(this.outcomePage(outcome, language, reply))),
      catchError((error) => from(this.problemPage(error, form, language, reply))),
    );
  }

  private async outcomePage({ code }: OutcomeDto, language: Language, reply: FastifyReply): Promise<string> {
    const words = await this.templates.words(language);
    return this.page(language, words, code, reply, { form: FORM_OF[code] });
  }

  /** @throws every error other than a Problem */
  private async problemPage(
    error: unknown,
    form: Form | undefined,
    language: Language,
    reply: FastifyReply,
  ): Promise<string> {
    if (!(error instanceof Problem)) throw error;
    const words = await this.templates.words(language);
    reply.code(error.status);
    if (error.code === 'validation_failed' && form === 'reset') {
      const wrong = Object.keys(error.details.errors ?? {});
      const errors = Object.fromEntries(wrong.map((field) => [field, words.form[`${field}_error`]]));
      return this.page(language, words, 'reset_link_valid', reply, { form, errors });
    }
    if (error.details.retryAfter) reply.header('retry-after', error.details.retryAfter);
    return this.page(language, words, words.pages[error.code] ? error.code : 'failed', reply, {
      isError: true,
    });
  }

  private async page(
    language: Language,
    words: Words,
    code: string,
    reply: FastifyReply,
    values: { form?: Form; errors?: Record<string, string | undefined>; isError?: boolean },
  ): Promise<string> {
    const html = await this.templates.html('page', {
      language,
      words,
      page: words.pages[code],
      errors: {},
      ...values,
    });
    return sendAsPage(html, language, reply);
  }
}

/** Answers browsers with an HTML page without scripts, and other clients with JSON. */
export const AlsoAsPage = (form?: Form) =>
  applyDecorators(SetMetadata(FORM, form), UseInterceptors(PageInterceptor));
