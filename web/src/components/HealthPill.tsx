import { graphql } from '@/gql';
import type { HealthPillFragment } from '@/gql/graphql';
import { formatDaysLeft } from '@/lib/dates';
import { stateLabels } from '@/lib/words';

graphql(`
  fragment HealthPill on TokenHealth {
    state
    urgency
    daysLeft
  }
`);

const tones = { OK: 'ok', AMBER: 'amber', RED: 'red' } as const;

/** The state in words and colour; the days are shown while they still mean something. */
export function HealthPill({ health }: { health: HealthPillFragment }) {
  const { state, urgency, daysLeft } = health;
  const quiet = state === 'DISCONNECTED';
  const days = daysLeft != null && urgency !== 'RED' && !quiet ? ` · ${formatDaysLeft(daysLeft)}` : '';
  return (
    <span className={`pill${quiet ? '' : ` pill-${tones[urgency]}`}`}>
      {stateLabels[state]}
      {days}
    </span>
  );
}
