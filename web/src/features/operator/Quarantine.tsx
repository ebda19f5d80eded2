import { Button } from '@/components/Button';
import { EmptyState } from '@/components/EmptyState';
import { FormNotice } from '@/components/ErrorNotice';
import { Time } from '@/components/Time';
import { useToast } from '@/components/Toasts';
import type { OperatorQuery } from '@/gql/graphql';
import { execute } from '@/lib/graphql';
import { operatorChanged } from '@/lib/keys';
import { useAction } from '@/lib/useAction';
import { jobLabels } from '@/lib/words';
import { ReleaseJob } from './queries';

type Jobs = NonNullable<OperatorQuery['operator']>['quarantinedJobs'];

/** Work that was set aside, and giving it another chance. */
export function Quarantine({ jobs }: { jobs: Jobs }) {
  const say = useToast();
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
      </div>
      <FormNotice messages={release.errors.top} />
      {jobs.length === 0 ? (
        <EmptyState icon="check" title="No work was set aside">
          Work that keeps ending its worker is listed here, until it ends in an orderly way or is released.
        </EmptyState>
      ) : (
        <div className="table-scroll">
          <table className="table table-compact table-cards">
            <caption className="visually-hidden">Work that was set aside</caption>
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
          </table>
        </div>
      )}
    </section>
  );
}
