import { line } from 'd3-shape';
import { formatDay } from '@/lib/dates';
import { formatChange, formatCompact, formatCount } from '@/lib/numbers';
import { type Change, linePieces, type Point, partOfDays, valueDomain } from './series';

type MetricTileProps = {
  label: string;
  group: string;
  points: readonly Point[];
  total: number | null;
  change: Change | undefined;
  selected: boolean;
  onSelect: () => void;
};

/** One metric in short, and the choice to see it large. The sum is shown only where days may be added. */
export function MetricTile({ label, group, points, total, change, selected, onSelect }: MetricTileProps) {
  const latest = points.findLast((point) => point.value !== null);
  const value = total ?? latest?.value ?? null;
  const trend = total !== null && change ? formatChange(change.now, change.before) : undefined;
  const sumOf = partOfDays(points) ?? 'in this range';
  const note = total !== null ? sumOf : latest ? `on ${formatDay(latest.day)}` : 'no value yet';

  return (
    <label className="tile">
      <input type="radio" name={group} checked={selected} onChange={onSelect} />
      <span className="tile-label">{label}</span>
      <span className="tile-value number" title={value === null ? undefined : formatCount(value)}>
        {value === null ? '–' : formatCompact(value)}
      </span>
      <span className="tile-note">
        {note}
        {trend && (
          <span className="tile-trend" title="Closed days only: today still counts.">
            <strong className="number">{trend}</strong> against the range before
          </span>
        )}
      </span>
      <Sparkline points={points} />
    </label>
  );
}

const [WIDTH, HEIGHT] = [120, 28];

function Sparkline({ points }: { points: readonly Point[] }) {
  const [low, high] = valueDomain(points, true);
  const path = line<number>(
    (index) => (index / Math.max(1, points.length - 1)) * WIDTH,
    (index) => HEIGHT - 2 - (((points[index]?.value ?? 0) - low) / (high - low || 1)) * (HEIGHT - 4),
  );
  return (
    <svg className="spark" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
      {linePieces(points).map(({ from, to, provisional }) => (
        <path
          key={from}
          className={provisional ? 'spark-line spark-line-provisional' : 'spark-line'}
          d={path(Array.from({ length: to - from + 1 }, (_, offset) => from + offset)) ?? undefined}
        />
      ))}
    </svg>
  );
}
