import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { createBrowserRouter, Navigate, type RouteObject } from 'react-router';
import { RouterProvider } from 'react-router/dom';
import { ApiError } from '../api/answers';
import { BASENAME } from '../api/addresses';
import { useSession } from '../api/session';
import { Toasts } from '../ui/toasts';
import { ScreenError } from './screen-error';
import { Shell } from './shell';
import { SignIn, SignInAgain } from './sign-in';

const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      retry: (failures, error) => failures < 2 && (!(error instanceof ApiError) || error.status >= 500),
    },
  },
});

/** A screen is loaded when it is first opened. Its errors do not affect the navigation. */
function screen(path: string, load: () => Promise<{ default: React.ComponentType }>): RouteObject {
  return {
    path,
    lazy: async () => ({ Component: (await load()).default }),
    errorElement: <ScreenError />,
    hydrateFallbackElement: <></>,
  };
}

const router = createBrowserRouter(
  [
    {
      element: <Shell />,
      errorElement: <ScreenError />,
      hydrateFallbackElement: <></>,
      children: [
        screen('/', () => import('../start/start-screen')),
        screen('/products', () => import('../products/products-screen')),
        screen('/products/new', () => import('../products/new-product-screen')),
        screen('/products/import', () => import('../imports/import-screen')),
        screen('/products/:id', () => import('../products/product-screen')),
        screen('/categories', () => import('../categories/categories-screen')),
        screen('/orders', () => import('../orders/orders-screen')),
        screen('/orders/:id', () => import('../orders/order-screen')),
        screen('/users', () => import('../users/users-screen')),
        screen('/users/:id', () => import('../users/user-screen')),
        screen('/audit', () => import('../audit/audit-screen')),
        screen('/models', () => import('../models/models-screen')),
        screen('/models/bulk_changes/:id', () => import('../bulk/bulk-screen')),
        screen('/models/:model', () => import('../models/model-screen')),
        screen('/models/:model/:id', () => import('../models/row-screen')),
        { path: '*', element: <Navigate to="/" replace /> },
      ],
    },
  ],
  { basename: BASENAME || '/' },
);

export function App() {
  const session = useSession();
  return (
    <QueryClientProvider client={queries}>
      {session.status === 'signed-out' ? (
        <SignIn onSignedIn={() => queries.clear()} />
      ) : (
        <RouterProvider router={router} />
      )}
      {session.status === 'ended' && <SignInAgain user={session.user} />}
      <Toasts />
    </QueryClientProvider>
  );
}
