import { inject } from '@angular/core';
import { type CanActivateFn, Router } from '@angular/router';
import { Session } from '../api/session';
import { nextPath } from './next-path';

/** For pages of signed-in customers: others sign in first, and return. */
export const signedIn: CanActivateFn = (_route, { url }) =>
  inject(Session).userId() !== null ||
  inject(Router).createUrlTree(['/sign-in'], { queryParams: { next: url } });

/** For the forms that start a session. */
export const signedOut: CanActivateFn = ({ queryParamMap }) =>
  inject(Session).userId() === null || inject(Router).parseUrl(nextPath(queryParamMap.get('next')));
