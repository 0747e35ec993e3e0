import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from 'react-router';
import { ApiError } from '../api/api-error';
import { getCartQueryKey, listMyOrdersQueryKey } from '../api/generated/@tanstack/react-query.gen';
import { checkout } from '../api/generated/sdk.gen';
import { isTransient } from '../api/query-client';
import { currentSession } from '../api/session';
import { forgetPendingOrder, type Owner, type PendingOrder } from './pending-order';

export function usePlaceOrder(owner: Owner) {
  const queryClient = useQueryClient();
  const navigate = useNavigate();
  return useMutation({
    mutationFn: async ({ key, body }: PendingOrder) =>
      (await checkout({ body, headers: { 'Idempotency-Key': key } })).data,
    retry: isTransient,
    onSuccess: (order) => {
      forgetPendingOrder(owner);
      const path = order.guest_token ? `/guest-orders/${order.guest_token}` : `/orders/${order.id}`;
      void navigate(path, { replace: true, state: { placed: true } });
    },
    onError: (error) => {
      // A refusal is a response, and the next attempt a new order. Without a response the order may have been placed; and
      // when the session has ended, the user signs in and sends it again.
      const isSessionOver = owner !== 'guest' && currentSession()?.userId !== owner;
      if (error instanceof ApiError && !error.isTransient && !isSessionOver) forgetPendingOrder(owner);
    },
    onSettled: () => {
      void queryClient.invalidateQueries({ queryKey: getCartQueryKey() });
      void queryClient.invalidateQueries({ queryKey: listMyOrdersQueryKey() });
    },
  });
}
