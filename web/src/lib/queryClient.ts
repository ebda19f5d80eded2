import { QueryClient } from '@tanstack/react-query';
import { RequestFailed } from './transport';

/** How often what is on the screen is read again while the page is visible. */
export const LIVE_MS = 10_000;

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      // An answer is an answer; only the network deserves another try.
      retry: (failures, error) => error instanceof RequestFailed && error.code === 'NETWORK' && failures < 2,
    },
  },
});
