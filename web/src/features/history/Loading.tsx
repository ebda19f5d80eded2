import type { ReactNode } from 'react';
import { LoadFailed } from '@/components/ErrorNotice';
import { Skeleton } from '@/components/Skeleton';

type LoadingProps = {
  query: { isPending: boolean; isError: boolean; error: unknown; refetch: () => Promise<unknown> };
  children: ReactNode;
};

/** The panel of a tab: a skeleton, the failure, or what was loaded. */
export function Loading({ query, children }: LoadingProps) {
  if (query.isPending) {
    return (
      <div className="history-loading">
        <Skeleton lines={4} />
      </div>
    );
  }
  if (query.isError) return <LoadFailed error={query.error} retry={() => void query.refetch()} />;
  return children;
}
