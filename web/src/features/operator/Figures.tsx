import { Time } from '@/components/Time';
import type { OperatorQuery } from '@/gql/graphql';
import { formatCount } from '@/lib/numbers';
import { stateLabels } from '@/lib/words';

type Operator = NonNullable<OperatorQuery['operator']>;

/** The installation in figures. */
export function Figures({ operator }: { operator: Operator }) {
  const { accountsByState, outbox } = operator;
  const total = accountsByState.reduce((sum, { count }) => sum + count, 0);
  return (
    <section className="card" aria-label="Figures">
      <dl className="facts card-body">
        <div>
          <dt>Accounts</dt>
          <dd>
            {formatCount(total)}
            {accountsByState.map(({ state, count }) => (
              <span key={state} className="muted small">
                {stateLabels[state]}: {formatCount(count)}
              </span>
            ))}
          </dd>
        </div>
        <div>
          <dt>A worker last looked for work</dt>
          <dd>
            <Time at={operator.workerSeenAt} relative />
          </dd>
        </div>
        <div>
          <dt>Oldest overdue renewal</dt>
          <dd>
            <Time at={operator.oldestOverdueRefreshAt} missing="None is overdue" relative />
          </dd>
        </div>
        <div>
          <dt>Mails that should have been sent</dt>
          <dd>
            {formatCount(outbox.waiting)}
            {outbox.oldestAt && (
              <span className="muted small">
                the oldest <Time at={outbox.oldestAt} relative />
              </span>
            )}
          </dd>
        </div>
      </dl>
    </section>
  );
}
