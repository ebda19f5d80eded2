import { useInfiniteQuery } from '@tanstack/react-query';
import { Button } from '@/components/Button';
import { DataTable } from '@/components/DataTable';
import { EmptyState } from '@/components/EmptyState';
import { FormNotice, LoadFailed } from '@/components/ErrorNotice';
import { MoreButton } from '@/components/MoreButton';
import { Skeleton } from '@/components/Skeleton';
import { Time } from '@/components/Time';
import { useToast } from '@/components/Toasts';
import { execute } from '@/lib/graphql';
import { operatorChanged } from '@/lib/keys';
import { formatCount } from '@/lib/numbers';
import { useAction } from '@/lib/useAction';
import { jobLabels } from '@/lib/words';
import { ReleaseJob, setAsideQuery } from './queries';

/** Work that was set aside, and giving it another chance. */
export function Quarantine() {
  const say = useToast();
  const query = useInfiniteQuery(setAsideQuery);
  const pages = query.data?.pages ?? [];
  const jobs = pages.flatMap((page) => page?.nodes ?? []);
  const total = pages[0]?.totalCount ?? 0;
  const release = useAction({
    run: async (jobId: string) => (await execute(ReleaseJob, { input: { jobId } })).releaseJob,
    done: async () => {
      say('The work is released and due now.');
      await operatorChanged();
    },
  });

  return (
    <section className="card" aria-labelledby="quarantine-title">
      <div className="card-head">
        <h2 id="quarantine-title">Set aside</h2>
        {total > 0 && <span className="soft small">{formatCount(total)}</span>}
      </div>
      <FormNotice messages={release.errors.top} />
      {query.isPending && (
        <div className="card-body">
          <Skeleton lines={3} />
        </div>
      )}
      {query.isError && <LoadFailed error={query.error} retry={() => void query.refetch()} />}
      {query.isSuccess && jobs.length === 0 && (
        <EmptyState icon="check" title="No work was set aside">
          Work that keeps ending its worker is listed here, until it ends in an orderly way or is released.
        </EmptyState>
      )}
      {jobs.length > 0 && (
        <DataTable className="table-compact table-cards" caption="Work that was set aside">
          <thead>
            <tr>
              <th scope="col">Kind</th>
              <th scope="col">Workspace</th>
              <th scope="col">Since</th>
              <th scope="col">Tried again</th>
              <th scope="col" className="cell-number">
                Attempts
              </th>
              <th scope="col">
                <span className="visually-hidden">What to do</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {jobs.map((job) => (
              <tr key={job.id}>
                <th scope="row">{jobLabels[job.kind]}</th>
                <td data-label="Workspace">
                  <code className="small operator-id">{job.workspaceId ?? '–'}</code>
                </td>
                <td data-label="Since">
                  <Time at={job.quarantinedAt} relative />
                </td>
                <td data-label="Tried again">
                  <Time at={job.dueAt} missing="–" relative />
                </td>
                <td className="cell-number" data-label="Attempts">
                  {job.attempts}
                </td>
                <td>
                  <Button small busy={release.busy} onClick={() => release.start(job.id)}>
                    Release
                  </Button>
                </td>
              </tr>
            ))}
          </tbody>
        </DataTable>
      )}
      <MoreButton query={query} />
    </section>
  );
}
