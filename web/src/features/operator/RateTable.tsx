import { DataTable } from '@/components/DataTable';
import { EmptyState } from '@/components/EmptyState';
import type { OperatorQuery } from '@/gql/graphql';
import { formatCount, formatShare } from '@/lib/numbers';
import { triggerLabels } from '@/lib/words';

type Rates = NonNullable<OperatorQuery['operator']>['refreshRates'];

/** How renewals went, by what asked for them. */
export function RateTable({ rates }: { rates: Rates }) {
  return (
    <section className="card" aria-labelledby="rates-title">
      <div className="card-head">
        <h2 id="rates-title">Renewals in 30 days</h2>
      </div>
      {rates.length === 0 ? (
        <EmptyState icon="refresh" title="Nothing was renewed yet">
          How often renewing succeeds stands here, by what asked for it.
        </EmptyState>
      ) : (
        <DataTable className="table-compact table-cards" caption="Renewals by what asked for them">
          <thead>
            <tr>
              <th scope="col">Asked for</th>
              <th scope="col" className="cell-number">
                Succeeded
              </th>
              <th scope="col" className="cell-number">
                Failed
              </th>
              <th scope="col" className="cell-number">
                Success rate
              </th>
            </tr>
          </thead>
          <tbody>
            {rates.map(({ trigger, succeeded, failed, rate }) => (
              <tr key={trigger}>
                <th scope="row">{triggerLabels[trigger]}</th>
                <td className="cell-number" data-label="Succeeded">
                  {formatCount(succeeded)}
                </td>
                <td className="cell-number" data-label="Failed">
                  {formatCount(failed)}
                </td>
                <td className="cell-number" data-label="Success rate">
                  {formatShare(rate)}
                </td>
              </tr>
            ))}
          </tbody>
        </DataTable>
      )}
    </section>
  );
}
