import { useState } from 'react';
import { Button } from '@/components/Button';
import type { SegmentFragment } from '@/gql/graphql';
import { formatCount, formatShare } from '@/lib/numbers';

const SHOWN = 8;
const regions = new Intl.DisplayNames(['en'], { type: 'region' });

type SegmentBarsProps = { title: string; segments: readonly SegmentFragment[]; countries?: boolean };

export function SegmentBars({ title, segments, countries = false }: SegmentBarsProps) {
  const [all, setAll] = useState(false);
  const sorted = segments.toSorted((a, b) => b.value - a.value);
  const shown = all ? sorted : sorted.slice(0, SHOWN);
  const largest = Math.max(0.0001, sorted[0]?.share ?? 0);

  return (
    <div className="audience-block">
      <h3>{title}</h3>
      {sorted.length === 0 && <p className="muted">Meta names none.</p>}
      <ul className="bars">
        {shown.map(({ key, value, share }) => (
          <li key={key} title={`${formatCount(value)} people`}>
            <span className="bar-name">{countries ? countryName(key) : key}</span>
            <span className="bar-share">{formatShare(share)}</span>
            <span className="bar-track">
              <span className="bar-fill" style={{ width: `${(share / largest) * 100}%` }} />
            </span>
          </li>
        ))}
      </ul>
      {sorted.length > SHOWN && (
        <Button look="quiet" small onClick={() => setAll(!all)}>
          {all ? 'Show fewer' : `Show all ${sorted.length}`}
        </Button>
      )}
    </div>
  );
}

function countryName(code: string): string {
  try {
    return regions.of(code) ?? code;
  } catch {
    // Meta may name something that is no region code.
    return code;
  }
}
