import { queryOptions, useQuery } from '@tanstack/react-query';
import { LoadFailed } from '@/components/ErrorNotice';
import { Skeleton } from '@/components/Skeleton';
import { RequestFailed } from '@/lib/transport';

/** The charts are the heaviest part, so their code comes when they are first looked at. */
const code = queryOptions({
  queryKey: ['code', 'account'],
  queryFn: async () => {
    try {
      return { Page: (await import('./AccountPage')).AccountPage };
    } catch {
      throw new RequestFailed(
        'Mooring cannot be reached, or it was updated a moment ago. Check your connection and try again.',
        'CODE',
      );
    }
  },
  // Asked for without a connection too: that it fails has to be seen.
  networkMode: 'always',
  staleTime: Number.POSITIVE_INFINITY,
  gcTime: Number.POSITIVE_INFINITY,
});

export function AccountRoute() {
  const { data, error, refetch } = useQuery(code);
  if (data) return <data.Page />;
  if (error) return <LoadFailed error={error} retry={() => retry(refetch)} />;
  return <Skeleton block lines={6} />;
}

/** After an update the old code is gone for good and only a reload brings the new one. */
function retry(refetch: () => Promise<unknown>): void {
  if (navigator.onLine) window.location.reload();
  else void refetch();
}
