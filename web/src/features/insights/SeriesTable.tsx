import { useQuery } from '@tanstack/react-query';
import { DataTable } from '@/components/DataTable';
import { LoadFailed } from '@/components/ErrorNotice';
import { Skeleton } from '@/components/Skeleton';
import { Time } from '@/components/Time';
import type { Metric } from '@/gql/graphql';
import { formatDayLong } from '@/lib/dates';
import { formatCount } from '@/lib/numbers';
import { pointStateLabels } from '@/lib/words';
import { pointsQuery } from './queries';

type SeriesTableProps = { accountId: string; metric: Metric; label: string; length: number };

/** The same days as the chart, as a table, newest first. */
export function SeriesTable({ accountId, metric, label, length }: SeriesTableProps) {
  const { data: points, error, refetch } = useQuery(pointsQuery(accountId, metric, length));
  if (error) return <LoadFailed error={error} retry={() => void refetch()} />;
  if (!points) return <Skeleton lines={6} />;
  return (
    <DataTable className="table-compact" caption={`${label} by day`}>
      <thead>
        <tr>
          <th scope="col">Day of Meta</th>
          <th scope="col" className="cell-number">
            {label}
          </th>
          <th scope="col">State</th>
          <th scope="col">Collected</th>
        </tr>
      </thead>
      <tbody>
        {points.toReversed().map((point) => (
          <tr key={point.day}>
            <th scope="row">{formatDayLong(point.day)}</th>
            <td className="cell-number">{point.value == null ? '–' : formatCount(point.value)}</td>
            <td>
              {pointStateLabels[point.state]}
              {point.revisions.length > 0 && (
                <span className="muted small">
                  {' '}
                  Meta told {point.revisions.map((one) => formatCount(one.oldValue)).join(', then ')} before.
                </span>
              )}
            </td>
            <td>
              <Time at={point.collectedAt} missing="–" />
            </td>
          </tr>
        ))}
      </tbody>
    </DataTable>
  );
}
