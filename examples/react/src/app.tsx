import { QueryClientProvider } from '@tanstack/react-query';
import { lazy, useState } from 'react';
import { Route, Routes } from 'react-router';
import { createQueryClient } from './api/query-client';
import { useSession } from './api/session';
import { CataloguePage } from './catalogue/catalogue-page';
import { Layout } from './layout/layout';
import { NotFoundPage } from './layout/not-found-page';
import { SignedIn } from './account/signed-in';

// The first page's script includes the catalogue; other pages are loaded when they are opened.
const ProductPage = lazy(() => import('./product/product-page'));
const CartPage = lazy(() => import('./cart/cart-page'));
const CheckoutPage = lazy(() => import('./checkout/checkout-page'));
const OrdersPage = lazy(() => import('./orders/orders-page'));
const OrderPage = lazy(() => import('./orders/order-page'));
const GuestOrderPage = lazy(() => import('./orders/guest-order-page'));
const FavoritesPage = lazy(() => import('./favorites/favorites-page'));
const SignInPage = lazy(() => import('./account/sign-in-page'));
const RegisterPage = lazy(() => import('./account/register-page'));
const ForgotPasswordPage = lazy(() => import('./account/forgot-password-page'));
const ResetPasswordPage = lazy(() => import('./account/reset-password-page'));
const VerifyEmailPage = lazy(() => import('./account/verify-email-page'));
const ConfirmLinkPage = lazy(() => import('./account/confirm-link-page'));
const AccountPage = lazy(() => import('./account/account-page'));

export function App() {
  const session = useSession();
  // Another account starts from an empty state: no response, form or dialog of the former one is shown.
  return <ShopOf key={session?.userId ?? 'guest'} />;
}

function ShopOf() {
  const [queryClient] = useState(createQueryClient);
  return (
    <QueryClientProvider client={queryClient}>
      <Routes>
        <Route element={<Layout />}>
          <Route index element={<CataloguePage />} />
          <Route path="products/:slug" element={<ProductPage />} />
          <Route path="cart" element={<CartPage />} />
          <Route path="checkout" element={<CheckoutPage />} />
          <Route path="guest-orders/:token" element={<GuestOrderPage />} />
          <Route path="sign-in" element={<SignInPage />} />
          <Route path="register" element={<RegisterPage />} />
          <Route path="forgot-password" element={<ForgotPasswordPage />} />
          <Route path="reset-password/:uid/:token" element={<ResetPasswordPage />} />
          <Route path="verify-email/:uid/:token" element={<VerifyEmailPage />} />
          <Route path="confirm-email/:uid/:token" element={<ConfirmLinkPage kind="change" />} />
          <Route path="undo-email-change/:uid/:token" element={<ConfirmLinkPage kind="undo" />} />
          <Route path="unsubscribe/:uid/:token" element={<ConfirmLinkPage kind="unsubscribe" />} />
          <Route element={<SignedIn />}>
            <Route path="orders" element={<OrdersPage />} />
            <Route path="orders/:id" element={<OrderPage />} />
            <Route path="favorites" element={<FavoritesPage />} />
            <Route path="account" element={<AccountPage />} />
          </Route>
          <Route path="*" element={<NotFoundPage />} />
        </Route>
      </Routes>
    </QueryClientProvider>
  );
}
