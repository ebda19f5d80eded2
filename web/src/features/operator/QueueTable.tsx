import { DataTable } from '@/components/DataTable';
import { Time } from '@/components/Time';
import type { OperatorQuery } from '@/gql/graphql';
import { formatCount } from '@/lib/numbers';
import { jobLabels } from '@/lib/words';

type Queue = NonNullable<OperatorQuery['operator']>['queue'];

/** The work of every kind. */
export function QueueTable({ queue }: { queue: Queue }) {
  return (
    <section className="card" aria-labelledby="queue-title">
      <div className="card-head">
        <h2 id="queue-title">Work</h2>
      </div>
      <DataTable className="table-compact table-cards" caption="Work by kind">
        <thead>
          <tr>
            <th scope="col">Kind</th>
            <th scope="col" className="cell-number">
              Due
            </th>
            <th scope="col" className="cell-number">
              Overdue
            </th>
            <th scope="col" className="cell-number">
              Running
            </th>
            <th scope="col" className="cell-number">
              Waiting
            </th>
            <th scope="col" className="cell-number">
              Set aside
            </th>
            <th scope="col">Oldest due</th>
          </tr>
        </thead>
        <tbody>
          {queue.map((work) => (
            <tr key={work.kind}>
              <th scope="row">{jobLabels[work.kind]}</th>
              <td className="cell-number" data-label="Due">
                {formatCount(work.due)}
              </td>
              <td className="cell-number" data-label="Overdue">
                {work.overdue > 0 ? (
                  <strong className="operator-late">{formatCount(work.overdue)}</strong>
                ) : (
                  '0'
                )}
              </td>
              <td className="cell-number" data-label="Running">
                {formatCount(work.running)}
              </td>
              <td className="cell-number" data-label="Waiting">
                {formatCount(work.waiting)}
              </td>
              <td className="cell-number" data-label="Set aside">
                {formatCount(work.quarantined)}
              </td>
              <td data-label="Oldest due">
                <Time at={work.oldestDueAt} missing="–" relative />
              </td>
            </tr>
          ))}
        </tbody>
      </DataTable>
    </section>
  );
}
