import type { Routes } from '@angular/router';
import { signedIn, signedOut } from './account/guards';
import { CataloguePage } from './catalogue/catalogue-page';

// The first page's script includes the catalogue; other pages are loaded when they are opened.
export const ROUTES: Routes = [
  { path: '', pathMatch: 'full', component: CataloguePage },
  { path: 'products/:slug', loadComponent: async () => (await import('./product/product-page')).ProductPage },
  { path: 'cart', loadComponent: async () => (await import('./cart/cart-page')).CartPage },
  { path: 'checkout', loadComponent: async () => (await import('./checkout/checkout-page')).CheckoutPage },
  {
    path: 'guest-orders/:token',
    loadComponent: async () => (await import('./orders/guest-order-page')).GuestOrderPage,
  },
  {
    path: '',
    canActivate: [signedOut],
    children: [
      { path: 'sign-in', loadComponent: async () => (await import('./account/sign-in-page')).SignInPage },
      { path: 'register', loadComponent: async () => (await import('./account/register-page')).RegisterPage },
    ],
  },
  {
    path: 'forgot-password',
    loadComponent: async () => (await import('./account/forgot-password-page')).ForgotPasswordPage,
  },
  {
    path: 'reset-password/:uid/:token',
    loadComponent: async () => (await import('./account/reset-password-page')).ResetPasswordPage,
  },
  {
    path: 'verify-email/:uid/:token',
    loadComponent: async () => (await import('./account/verify-email-page')).VerifyEmailPage,
  },
  {
    path: 'confirm-email/:uid/:token',
    data: { kind: 'change' },
    loadComponent: async () => (await import('./account/confirm-link-page')).ConfirmLinkPage,
  },
  {
    path: 'undo-email-change/:uid/:token',
    data: { kind: 'undo' },
    loadComponent: async () => (await import('./account/confirm-link-page')).ConfirmLinkPage,
  },
  {
    path: 'unsubscribe/:uid/:token',
    data: { kind: 'unsubscribe' },
    loadComponent: async () => (await import('./account/confirm-link-page')).ConfirmLinkPage,
  },
  {
    path: '',
    canActivateChild: [signedIn],
    children: [
      { path: 'orders', loadComponent: async () => (await import('./orders/orders-page')).OrdersPage },
      { path: 'orders/:id', loadComponent: async () => (await import('./orders/order-page')).OrderPage },
      {
        path: 'favorites',
        loadComponent: async () => (await import('./favorites/favorites-page')).FavoritesPage,
      },
      { path: 'account', loadComponent: async () => (await import('./account/account-page')).AccountPage },
    ],
  },
  { path: '**', loadComponent: async () => (await import('./layout/not-found-page')).NotFoundPage },
];
