import { useInfiniteQuery } from '@tanstack/react-query';
import { DataTable } from '@/components/DataTable';
import { EmptyState } from '@/components/EmptyState';
import { MoreButton } from '@/components/MoreButton';
import { Time } from '@/components/Time';
import type { RunStatus } from '@/gql/graphql';
import { formatDuration } from '@/lib/dates';
import { formatCount } from '@/lib/numbers';
import { jobLabels, runReasonLabel, runStatusLabels } from '@/lib/words';
import { Loading } from './Loading';
import { runsQuery } from './queries';

const tones: Record<RunStatus, string> = {
  SUCCEEDED: 'pill pill-ok',
  FAILED: 'pill pill-red',
  SKIPPED: 'pill',
};

export function Runs({ accountId }: { accountId: string }) {
  const query = useInfiniteQuery(runsQuery(accountId));
  const runs = query.data?.pages.flatMap((page) => page?.nodes ?? []) ?? [];
  return (
    <Loading query={query}>
      {runs.length === 0 ? (
        <EmptyState icon="clock" title="Nothing has run yet">
          Checks and collections are listed here as they happen.
        </EmptyState>
      ) : (
        <DataTable className="table-compact table-cards" caption="Runs of this account, newest first">
          <thead>
            <tr>
              <th scope="col">Job</th>
              <th scope="col">Outcome</th>
              <th scope="col">Started</th>
              <th scope="col" className="cell-number">
                Took
              </th>
              <th scope="col" className="cell-number">
                Calls to Meta
              </th>
              <th scope="col" className="cell-number">
                Values stored
              </th>
            </tr>
          </thead>
          <tbody>
            {runs.map((run) => (
              <tr key={run.id}>
                <th scope="row">{jobLabels[run.job]}</th>
                <td data-label="Outcome">
                  <span className="stack-cell">
                    <span className={tones[run.status]}>{runStatusLabels[run.status]}</span>
                    {run.reason && (
                      <span className="muted" title={run.reason}>
                        {' '}
                        {runReasonLabel(run.reason)}
                      </span>
                    )}
                  </span>
                </td>
                <td data-label="Started">
                  <Time at={run.startedAt} />
                </td>
                <td className="cell-number" data-label="Took">
                  {formatDuration(run.startedAt, run.finishedAt)}
                </td>
                <td className="cell-number" data-label="Calls to Meta">
                  {formatCount(run.calls)}
                </td>
                <td className="cell-number" data-label="Values stored">
                  {formatCount(run.stored)}
                </td>
              </tr>
            ))}
          </tbody>
        </DataTable>
      )}
      <MoreButton query={query} />
    </Loading>
  );
}
