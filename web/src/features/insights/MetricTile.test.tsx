import { render, screen } from '@testing-library/react';
import { expect, test } from 'vitest';
import { MetricTile } from './MetricTile';
import type { Change, Point } from './series';

const full: Point[] = [
  { day: '2026-11-18', value: 10, state: 'FINAL' },
  { day: '2026-11-19', value: 20, state: 'FINAL' },
  { day: '2026-11-20', value: null, state: 'NOT_READY' },
];
const partly: Point[] = full.map((point, at) => (at === 0 ? { ...point, value: null, state: 'GAP' } : point));

function tile(points: Point[], total: number | null, change?: Change): string {
  render(
    <MetricTile
      label="Views"
      group="metrics"
      points={points}
      total={total}
      change={change}
      selected={false}
      onSelect={() => {}}
    />,
  );
  return screen.getByRole('radio').closest('label')?.textContent ?? '';
}

test('a sum over all closed days, and its change', () => {
  expect(tile(full, 30, { now: 30, before: 20 })).toBe('Views30in this range+50% against the range before');
});

test('a sum over some days says so', () => {
  expect(tile(partly, 20)).toBe('Views201 of 3 days');
});

test('without a sum the newest day stands alone, and nothing is compared', () => {
  expect(tile(full, null, { now: 30, before: 20 })).toBe('Views20on 19 Nov');
});
