import type { TokenHealthState } from '@/gql/graphql';
import { formatCount } from '@/lib/numbers';

type Counts = {
  total: number;
  amber: number;
  red: number;
  openIncidents: number;
  byState: readonly { state: TokenHealthState; count: number }[];
};

/** The accounts in figures; dashes hold their place until they are known. */
export function CountTiles({ counts }: { counts: Counts | undefined }) {
  const disconnected = counts?.byState.find(({ state }) => state === 'DISCONNECTED')?.count ?? 0;
  // A disconnected account presses nobody, but it is not healthy either.
  const healthy = counts && counts.total - counts.amber - counts.red - disconnected;
  const tiles = [
    { label: 'Accounts', value: counts?.total, tone: '' },
    { label: 'Healthy', value: healthy, tone: 'ok' },
    { label: 'To watch', value: counts?.amber, tone: 'amber' },
    { label: 'Need a person', value: counts?.red, tone: 'red' },
    ...(disconnected > 0 ? [{ label: 'Disconnected', value: disconnected, tone: '' }] : []),
    { label: 'Open incidents', value: counts?.openIncidents, tone: '' },
  ];
  return (
    <dl className="counts card">
      {tiles.map(({ label, value, tone }) => (
        <div key={label} className={`count${value && tone ? ` count-${tone}` : ''}`}>
          <dt>{label}</dt>
          <dd>{value === undefined ? '–' : formatCount(value)}</dd>
        </div>
      ))}
    </dl>
  );
}
