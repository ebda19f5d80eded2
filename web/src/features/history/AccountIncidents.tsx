import { useInfiniteQuery } from '@tanstack/react-query';
import { EmptyState } from '@/components/EmptyState';
import { IncidentList } from '@/components/IncidentList';
import { MoreButton } from '@/components/MoreButton';
import { Loading } from './Loading';
import { accountIncidentsQuery } from './queries';

export function AccountIncidents({ accountId }: { accountId: string }) {
  const query = useInfiniteQuery(accountIncidentsQuery(accountId));
  const incidents = query.data?.pages.flatMap((page) => page?.nodes ?? []) ?? [];
  return (
    <Loading query={query}>
      {incidents.length === 0 ? (
        <EmptyState icon="check" title="No incident so far">
          An incident opens when the access breaks and a person is needed, and closes when it works again.
        </EmptyState>
      ) : (
        <IncidentList incidents={incidents} />
      )}
      <MoreButton query={query} />
    </Loading>
  );
}
