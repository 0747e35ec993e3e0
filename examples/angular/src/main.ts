import { provideHttpClient, withFetch, withInterceptors } from '@angular/common/http';
import { provideBrowserGlobalErrorListeners } from '@angular/core';
import { bootstrapApplication } from '@angular/platform-browser';
import {
  provideRouter,
  withComponentInputBinding,
  withInMemoryScrolling,
  withNavigationErrorHandler,
} from '@angular/router';
import { withLanguage } from './api/chosen-language';
import { withCredentials } from './api/credentials';
import { provideApiConfiguration } from './api/generated/api-configuration';
import { withProblems } from './api/problems';
import { withRetries } from './api/retries';
import { reportBrokenPage } from './layout/broken-page';
import { Layout } from './layout/layout';
import { ROUTES } from './routes';

const API_URL = document.querySelector<HTMLMetaElement>('meta[name="api-url"]')!.content;

void bootstrapApplication(Layout, {
  providers: [
    provideBrowserGlobalErrorListeners(),
    provideRouter(
      ROUTES,
      withComponentInputBinding(),
      withInMemoryScrolling({ scrollPositionRestoration: 'enabled' }),
      withNavigationErrorHandler(reportBrokenPage),
    ),
    provideHttpClient(
      withFetch(),
      withInterceptors([withRetries, withProblems, withLanguage, withCredentials]),
    ),
    provideApiConfiguration(API_URL.replace(/\/$/, '') || location.origin),
  ],
});
