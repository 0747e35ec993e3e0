import type { HttpInterceptorFn } from '@angular/common/http';
import { inject } from '@angular/core';
import { I18n } from '../i18n/i18n';
import { ApiConfiguration } from './generated/api-configuration';

/** A guest's mails are in the language of the page, which may differ from the browser's. */
export const withLanguage: HttpInterceptorFn = (request, next) => {
  if (!request.url.startsWith(`${inject(ApiConfiguration).rootUrl}/`)) return next(request);
  return next(request.clone({ setHeaders: { 'Accept-Language': inject(I18n).language() } }));
};
