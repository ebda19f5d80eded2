import { formatCount } from '@/lib/numbers';

type Counts = { total: number; ok: number; amber: number; red: number; openIncidents: number };

export function CountTiles({ counts }: { counts: Counts }) {
  const tiles = [
    { label: 'Accounts', value: counts.total, tone: '' },
    { label: 'Healthy', value: counts.ok, tone: 'ok' },
    { label: 'To watch', value: counts.amber, tone: 'amber' },
    { label: 'Need a person', value: counts.red, tone: 'red' },
    { label: 'Open incidents', value: counts.openIncidents, tone: '' },
  ];
  return (
    <dl className="counts card">
      {tiles.map(({ label, value, tone }) => (
        <div key={label} className={`count${value > 0 && tone ? ` count-${tone}` : ''}`}>
          <dt>{label}</dt>
          <dd>{formatCount(value)}</dd>
        </div>
      ))}
    </dl>
  );
}
