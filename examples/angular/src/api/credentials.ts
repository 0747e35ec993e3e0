import {
  HttpErrorResponse,
  type HttpEvent,
  type HttpHandlerFn,
  type HttpInterceptorFn,
  type HttpRequest,
  HttpResponse,
} from '@angular/common/http';
import { inject } from '@angular/core';
import { catchError, from, lastValueFrom, type Observable, switchMap, tap, throwError } from 'rxjs';
import { CartToken } from './cart-token';
import { ApiConfiguration } from './generated/api-configuration';
import { inOneTab, untilWritten } from '../../../shared/tabs/in-one-tab';
import { Session } from './session';
import { WITHOUT_CREDENTIALS } from './without-credentials';

const CART_TOKEN = 'X-Cart-Token';
/** Paths that need a token by the OpenAPI document; the catalogue is the same for everybody, and cached. */
const OF_AN_ACCOUNT = /^\/api\/(cart|orders|favorites|users|events|auth\/(sessions|logout|change-email))\b/;
const OF_A_CART = /^\/api\/(cart|orders\/checkout)\b/;

/** Sends the customer's access token, refreshed when it has expired, or the guest's cart token, to the API only. */
export const withCredentials: HttpInterceptorFn = (request, next) => {
  const { rootUrl } = inject(ApiConfiguration);
  const session = inject(Session);
  const path = request.url.startsWith(`${rootUrl}/`) ? request.url.slice(rootUrl.length) : '';
  if (request.context.get(WITHOUT_CREDENTIALS) || !OF_AN_ACCOUNT.test(path)) return next(request);
  if (session.userId() !== null) return asCustomer(request, next, session);
  return OF_A_CART.test(path) ? asGuest(request, next, inject(CartToken)) : next(request);
};

function asCustomer(request: HttpRequest<unknown>, next: HttpHandlerFn, session: Session) {
  const send = (access: string | undefined) =>
    next(access ? request.clone({ setHeaders: { Authorization: `Bearer ${access}` } }) : request);
  return from(session.accessToken()).pipe(
    switchMap((access) =>
      send(access).pipe(
        catchError((error: unknown) =>
          // The token has not expired by this machine's clock: its session has ended, or the clocks differ.
          access && isUnauthorized(error)
            ? from(session.replaceToken(access)).pipe(switchMap(send))
            : throwError(() => error),
        ),
      ),
    ),
  );
}

function asGuest(request: HttpRequest<unknown>, next: HttpHandlerFn, cartToken: CartToken) {
  const token = cartToken.value();
  const addsProduct = request.method === 'POST' && request.url.endsWith('/api/cart');
  const send = (opened: string | null) =>
    next(opened ? request.clone({ setHeaders: { [CART_TOKEN]: opened } }) : request).pipe(
      tap((event) => {
        const given = event instanceof HttpResponse && event.headers.get(CART_TOKEN);
        if (given) cartToken.set(given);
      }),
    );
  const sent = addsProduct && !token ? openCart(cartToken, send) : send(token);
  return sent.pipe(
    catchError((error: unknown) => {
      if (!token || !isUnauthorized(error)) return throwError(() => error);
      cartToken.forget(token);
      return addsProduct ? openCart(cartToken, send) : throwError(() => error);
    }),
  );
}

/** The first product creates the cart, in one tab at a time, so that products of two tabs are in the same cart. */
function openCart(
  cartToken: CartToken,
  send: (token: string | null) => Observable<HttpEvent<unknown>>,
): Observable<HttpEvent<unknown>> {
  const opened = inOneTab('cart', async (afterAnother) => {
    if (afterAnother) await untilWritten(() => cartToken.reread() !== null);
    return lastValueFrom(send(cartToken.reread()));
  });
  return from(opened);
}

function isUnauthorized(error: unknown): error is HttpErrorResponse {
  return error instanceof HttpErrorResponse && error.status === 401;
}
