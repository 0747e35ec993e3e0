import { defineConfig } from '@hey-api/openapi-ts';

export default defineConfig({
  input: '../../openapi.json',
  output: { path: 'src/api/generated', clean: true },
  parser: {
    filters: {
      // What this shop asks for. A new screen adds its operation here, and runs `npm run client`.
      operations: {
        include: [
          'POST /api/auth/register',
          'POST /api/auth/login',
          'POST /api/auth/token/refresh',
          'POST /api/auth/logout',
          'POST /api/auth/reset_password',
          'POST /api/auth/resend-verification',
          'POST /api/auth/change-email',
          'GET /api/auth/sessions',
          'DELETE /api/auth/sessions',
          'DELETE /api/auth/sessions/{id}',
          'GET /api/users/{id}',
          'PATCH /api/users/{id}',
          'GET /api/users/me/export',
          'DELETE /api/users/me',
          'GET /api/products',
          'GET /api/products/suggest',
          'GET /api/products/facets',
          'GET /api/products/{id}',
          'GET /api/cart',
          'POST /api/cart',
          'PATCH /api/cart/{id}',
          'DELETE /api/cart/{id}',
          'POST /api/orders/checkout',
          'GET /api/orders/my-orders',
          'GET /api/orders/{id}',
          'PATCH /api/orders/{id}',
          'GET /api/orders/{id}/history',
          'GET /api/guest-orders/{token}',
          'POST /api/guest-orders/{token}/cancel',
          'GET /api/favorites',
          'POST /api/favorites',
          'DELETE /api/favorites/{id}',
        ],
      },
    },
  },
  plugins: [
    '@hey-api/typescript',
    '@hey-api/sdk',
    { name: '@hey-api/client-fetch', throwOnError: true },
    { name: '@tanstack/react-query', infiniteQueryOptions: false, mutationOptions: false },
  ],
});
