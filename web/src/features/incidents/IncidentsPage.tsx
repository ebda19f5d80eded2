import { useInfiniteQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Link, useParams, useSearchParams } from 'react-router';
import { EmptyState } from '@/components/EmptyState';
import { LoadFailed } from '@/components/ErrorNotice';
import { IncidentList } from '@/components/IncidentList';
import { MoreButton } from '@/components/MoreButton';
import { PageTitle } from '@/components/PageTitle';
import { Segmented } from '@/components/Segmented';
import { Skeleton } from '@/components/Skeleton';
import { paths } from '@/lib/paths';
import { incidentsQuery } from './queries';

type Which = 'open' | 'closed';

const options: { value: Which; label: string }[] = [
  { value: 'open', label: 'Open' },
  { value: 'closed', label: 'Closed' },
];

export function IncidentsPage({ alerts }: { alerts: ReactNode }) {
  const { workspaceId = '' } = useParams();
  const [params, setParams] = useSearchParams();
  const which: Which = params.get('show') === 'closed' ? 'closed' : 'open';
  const query = useInfiniteQuery(incidentsQuery(workspaceId, which === 'open'));
  const incidents = query.data?.pages.flatMap((page) => page?.nodes ?? []) ?? [];

  return (
    <>
      <div className="page-head">
        <div>
          <PageTitle>Incidents</PageTitle>
          <p className="soft">An account needs a person: since when, why, and who was told.</p>
          {alerts}
        </div>
        <Segmented
          label="Which incidents"
          options={options}
          value={which}
          onChange={(value) => setParams(value === 'closed' ? { show: value } : {}, { replace: true })}
        />
      </div>
      <section className="card" aria-label={which === 'open' ? 'Open incidents' : 'Closed incidents'}>
        {query.isPending && (
          <div className="card-body">
            <Skeleton lines={6} />
          </div>
        )}
        {query.isError && <LoadFailed error={query.error} retry={() => void query.refetch()} />}
        {query.isSuccess && incidents.length === 0 && (
          <EmptyState
            icon="check"
            title={which === 'open' ? 'Nothing needs a person' : 'No closed incident yet'}
          >
            {which === 'open'
              ? 'All accounts work, or Mooring is repairing them by itself. When a person is needed, it stands here.'
              : 'Incidents move here once the account works again.'}
          </EmptyState>
        )}
        {incidents.length > 0 && (
          <IncidentList
            incidents={incidents}
            nameOf={({ account }) => (
              <Link to={paths.account(workspaceId, account.id)}>@{account.username}</Link>
            )}
          />
        )}
        <MoreButton query={query} />
      </section>
    </>
  );
}
