import 'reflect-metadata';
import '@angular/compiler';
import {
  HttpErrorResponse,
  type HttpInterceptorFn,
  provideHttpClient,
  withFetch,
  withInterceptors,
} from '@angular/common/http';
import {
  createEnvironmentInjector,
  type EnvironmentInjector,
  Injector,
  ɵINJECTOR_SCOPE as INJECTOR_SCOPE,
  provideZonelessChangeDetection,
} from '@angular/core';
import { found, type Purchase, type Receipt, REFUSED_REGISTRATION } from '../purchase';
import { Api } from './generated/api';
import { provideApiConfiguration } from './generated/api-configuration';
import {
  addCartItem,
  checkout,
  getCart,
  listMyOrders,
  listProducts,
  register,
  signIn,
  uploadPicture,
} from './generated/functions';
import type { Problem } from './generated/models';

export async function buy({ url, customer, admin, picture, search, quantity }: Purchase): Promise<Receipt> {
  let token: string | undefined;
  const authorize: HttpInterceptorFn = (request, next) =>
    next(token ? request.clone({ setHeaders: { Authorization: `Bearer ${token}` } }) : request);
  const providers = [
    { provide: INJECTOR_SCOPE, useValue: 'root' }, // as an application's has it, which needs a page
    provideZonelessChangeDetection(),
    provideHttpClient(withFetch(), withInterceptors([authorize])),
    provideApiConfiguration(url),
    Api,
  ];
  const injector = createEnvironmentInjector(providers, Injector.NULL as EnvironmentInjector);
  const shop = injector.get(Api);
  const signedIn = await shop.invoke(signIn, { body: customer });
  token = signedIn.access;

  const products = await shop.invoke(listProducts, { search, page: 1 });
  const product = found(products.results[0]);
  const item = await shop.invoke(addCartItem, { body: { product_id: product.id, quantity } });
  const cart = await shop.invoke(getCart);
  const order = await shop.invoke(checkout, { body: { expected_total: cart.total } });
  const mine = await shop.invoke(listMyOrders);
  token = (await shop.invoke(signIn, { body: admin })).access;
  const uploaded = await shop.invoke(uploadPicture, { id: product.id, body: { image: picture } });
  const refused: HttpErrorResponse = await shop.invoke(register, { body: REFUSED_REGISTRATION }).then(
    () => Promise.reject(new Error('it was not refused')),
    (error: HttpErrorResponse) => error,
  );
  const problem = refused.error as Problem;
  return {
    gender: signedIn.user.gender,
    unitPrice: item.unit_price,
    cartTotal: cart.total,
    order,
    picture: found(uploaded.results[0]),
    myOrders: mine.results.map(({ id }) => id),
    refused: { status: refused.status, code: problem.code, errors: found(problem.errors) },
  };
}
