import { useInfiniteQuery } from '@tanstack/react-query';
import { DataTable } from '@/components/DataTable';
import { EmptyState } from '@/components/EmptyState';
import { MoreButton } from '@/components/MoreButton';
import { Time } from '@/components/Time';
import type { AccountRefreshLogQuery, RefreshOutcome } from '@/gql/graphql';
import { formatDate } from '@/lib/dates';
import { outcomeLabels, refusalLabel, triggerLabels } from '@/lib/words';
import { Loading } from './Loading';
import { refreshLogQuery } from './queries';

type Attempt = NonNullable<AccountRefreshLogQuery['account']>['refreshLog']['nodes'][number];

const tones: Record<RefreshOutcome, string> = {
  STARTED: 'pill',
  SUCCEEDED: 'pill pill-ok',
  NOT_EXTENDED: 'pill pill-amber',
  FAILED: 'pill pill-red',
  INTERRUPTED: 'pill pill-amber',
};

export function RefreshLog({ accountId }: { accountId: string }) {
  const query = useInfiniteQuery(refreshLogQuery(accountId));
  const attempts = query.data?.pages.flatMap((page) => page?.nodes ?? []) ?? [];
  return (
    <Loading query={query}>
      {attempts.length === 0 ? (
        <EmptyState icon="refresh" title="Not renewed yet">
          Every attempt to renew the access is listed here, with what Meta answered.
        </EmptyState>
      ) : (
        <DataTable className="table-compact table-cards" caption="Token renewals, newest first">
          <thead>
            <tr>
              <th scope="col">Started</th>
              <th scope="col">Trigger</th>
              <th scope="col">Outcome</th>
              <th scope="col">Expiry before</th>
              <th scope="col">Expiry after</th>
              <th scope="col">Answer of Meta</th>
            </tr>
          </thead>
          <tbody>
            {attempts.map((attempt) => (
              <tr key={attempt.id}>
                <th scope="row">
                  <Time at={attempt.startedAt} />
                </th>
                <td data-label="Trigger">{triggerLabels[attempt.trigger]}</td>
                <td data-label="Outcome">
                  <span className={tones[attempt.outcome]}>{outcomeLabels[attempt.outcome]}</span>
                </td>
                <td data-label="Expiry before">
                  {attempt.oldExpiresAt ? formatDate(attempt.oldExpiresAt) : '–'}
                </td>
                <td data-label="Expiry after">
                  {attempt.newExpiresAt ? formatDate(attempt.newExpiresAt) : '–'}
                </td>
                <td data-label="Answer of Meta">{metaAnswer(attempt)}</td>
              </tr>
            ))}
          </tbody>
        </DataTable>
      )}
      <MoreButton query={query} />
    </Loading>
  );
}

function metaAnswer({ errorClass, code, subcode }: Attempt): string {
  const numbers = [code, subcode].filter((number) => number != null).join('/');
  return [errorClass && refusalLabel(errorClass), numbers && `(${numbers})`].filter(Boolean).join(' ') || '–';
}
