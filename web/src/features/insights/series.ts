import type { PointState } from '@/gql/graphql';

/** What a chart makes of one series: pieces of line, single dots, and the days of which nothing is known. */

export type Point = { day: string; value: number | null; state: PointState };
export type Piece = { from: number; to: number; provisional: boolean };
export type Span = { from: number; to: number; state: PointState };

export function zipPoints(series: {
  days: readonly string[];
  values: readonly (number | null)[];
  states: readonly PointState[];
}): Point[] {
  return series.days.map((day, at) => ({
    day,
    value: series.values[at] ?? null,
    state: series.states[at] ?? 'GAP',
  }));
}

/**
 * The pieces of the line, by index, both ends included. A line never crosses a day without a value, and the
 * way into or out of a provisional day is a piece of its own, to be drawn dashed.
 */
export function linePieces(points: readonly Point[]): Piece[] {
  const pieces: Piece[] = [];
  for (let at = 1; at < points.length; at += 1) {
    const [before, here] = [points[at - 1], points[at]];
    if (!before || !here || before.value === null || here.value === null) continue;
    const provisional = before.state === 'PROVISIONAL' || here.state === 'PROVISIONAL';
    const last = pieces.at(-1);
    if (last && last.to === at - 1 && last.provisional === provisional) last.to = at;
    else pieces.push({ from: at - 1, to: at, provisional });
  }
  return pieces;
}

/** Days with a value but without a neighbour that has one: a line cannot show them. */
export function loneDays(points: readonly Point[]): number[] {
  return points.flatMap((point, at) =>
    point.value !== null &&
    (points[at - 1]?.value ?? null) === null &&
    (points[at + 1]?.value ?? null) === null
      ? [at]
      : [],
  );
}

/** Runs of days without a value, apart by the reason. */
export function missingSpans(points: readonly Point[]): Span[] {
  const spans: Span[] = [];
  points.forEach((point, at) => {
    if (point.value !== null) return;
    const last = spans.at(-1);
    if (last && last.to === at - 1 && last.state === point.state) last.to = at;
    else spans.push({ from: at, to: at, state: point.state });
  });
  return spans;
}

/** The range of the value axis: from zero, except for a level such as all followers, where zero says nothing. */
export function valueDomain(points: readonly Point[], level: boolean): [number, number] {
  const values = points.flatMap((point) => (point.value === null ? [] : [point.value]));
  if (values.length === 0) return [0, 1];
  const [low, high] = [Math.min(...values), Math.max(...values)];
  if (!level) return [Math.min(0, low), Math.max(high, 1)];
  const room = Math.max((high - low) * 0.2, 2);
  return [Math.max(0, low - room), high + room];
}

/** One sentence for those who do not see the chart. */
export function summarise(points: readonly Point[], format: (value: number) => string): string {
  const known = points.flatMap((point) => (point.value === null ? [] : [point.value]));
  if (known.length === 0) return 'No values in this range.';
  const missing = points.length - known.length;
  const last = known.at(-1) ?? 0;
  return [
    `${known.length} of ${points.length} days have a value,`,
    `from ${format(Math.min(...known))} to ${format(Math.max(...known))}, the latest ${format(last)}.`,
    missing > 0 ? `${missing} ${missing === 1 ? 'day is' : 'days are'} missing.` : '',
  ]
    .join(' ')
    .trim();
}
