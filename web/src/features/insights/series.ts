import type { PointState } from '@/gql/graphql';
import { plural } from '@/lib/numbers';

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

/** All days but the last one: the day that Meta still counts would look like a fall every morning. */
const closed = <Day>(days: readonly Day[]): readonly Day[] => days.slice(0, -1);

export type Change = { now: number; before: number };

/**
 * The sums of the closed days of a range and of the one before it. Only where every one of these days has a
 * value: a sum over some of them says more about what was collected than about the account.
 */
export function comparable(
  values: readonly (number | null)[],
  previous: readonly (number | null)[],
): Change | undefined {
  const known = (value: number | null): value is number => value !== null;
  const [now, before] = [closed(values), closed(previous)];
  if (now.length === 0 || now.length !== before.length) return undefined;
  if (!now.every(known) || !before.every(known)) return undefined;
  const sum = (all: readonly number[]) => all.reduce((total, value) => total + value, 0);
  return { now: sum(now), before: sum(before) };
}

/** "12 of 30 days" where a sum leaves out days that are over. */
export function partOfDays(points: readonly Point[]): string | undefined {
  if (closed(points).every((point) => point.value !== null)) return undefined;
  const known = points.filter((point) => point.value !== null).length;
  return `${known} of ${points.length} days`;
}

const reasons: Record<Exclude<PointState, 'FINAL' | 'PROVISIONAL'>, (days: string) => string> = {
  GAP: (days) => `nothing was collected of ${days}`,
  NOT_READY: (days) => `Meta has no value yet for ${days}`,
  NOT_SUPPORTED: (days) => `Meta does not give it for ${days}`,
  BELOW_THRESHOLD: (days) => `too few people for Meta to say on ${days}`,
  NO_PERMISSION: (days) => `a permission was missing on ${days}`,
};

/**
 * Why days that are over have no value, in one sentence; nothing when all have one. Past days are fetched the
 * newest first, so a gap at the beginning is one that will still be filled, if `fetching` is possible.
 */
export function missingNote(points: readonly Point[], fetching: boolean): string | undefined {
  const past = closed(points);
  const missing = past.filter((point) => point.value === null);
  if (missing.length === 0) return undefined;
  const begun = past.findIndex((point) => point.state !== 'GAP');
  if (fetching && begun !== 0)
    return 'History is still being fetched; the missing days follow by themselves.';
  const counts = new Map<PointState, number>();
  for (const { state } of missing) counts.set(state, (counts.get(state) ?? 0) + 1);
  const parts = [...counts].flatMap(([state, count]) =>
    state === 'FINAL' || state === 'PROVISIONAL' ? [] : [reasons[state](plural(count, 'day'))],
  );
  return `Some days are missing: ${parts.join(', ')}.`;
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
