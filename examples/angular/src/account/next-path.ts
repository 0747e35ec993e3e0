import { computed, inject, type Signal } from '@angular/core';
import { type Params, Router } from '@angular/router';
import { CurrentUrl } from '../layout/current-url';

const FORMS = ['/sign-in', '/register', '/forgot-password'];

/** The page after the sign-in: a path of this shop only, so that a link cannot redirect to another site. */
export function nextPath(next: string | null | undefined): string {
  return next?.startsWith('/') && !next.startsWith('//') && !next.includes('\\') ? next : '/';
}

/** Query parameters for links to the sign-in form, which returns to the current page. */
export function injectSignInParams(): Signal<Params> {
  const router = inject(Router);
  const url = inject(CurrentUrl).url;
  return computed(() => {
    const isHere = FORMS.some((path) => url().startsWith(path));
    return isHere ? router.parseUrl(url()).queryParams : { next: url() };
  });
}
