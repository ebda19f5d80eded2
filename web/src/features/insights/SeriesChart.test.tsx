import { render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, test } from 'vitest';
import { SeriesChart } from './SeriesChart';
import type { Point } from './series';

const points: Point[] = [
  { day: '2026-11-16', value: 10, state: 'FINAL' },
  { day: '2026-11-17', value: 20, state: 'FINAL' },
  { day: '2026-11-18', value: null, state: 'GAP' },
  { day: '2026-11-19', value: 30, state: 'FINAL' },
  { day: '2026-11-20', value: 40, state: 'PROVISIONAL' },
];

test('gaps are hatched, and provisional days drawn apart from final ones', () => {
  render(<SeriesChart label="Reach" points={points} level={false} />);
  expect(screen.getAllByTestId('missing')).toHaveLength(1);
  expect(screen.getAllByTestId('final')).toHaveLength(1);
  expect(screen.getAllByTestId('provisional')).toHaveLength(1);
});

test('the days can be read one by one with the keyboard', async () => {
  render(<SeriesChart label="Reach" points={points} level={false} />);
  const chart = screen.getByRole('slider', { name: /^Reach, day by day/ });

  await userEvent.tab();
  expect(document.activeElement).toBe(chart);
  expect(chart.getAttribute('aria-valuetext')).toContain('20 Nov 2026: 40, provisional');

  await userEvent.keyboard('{ArrowLeft}{ArrowLeft}');
  expect(chart.getAttribute('aria-valuetext')).toContain('no value, missing');

  await userEvent.keyboard('{Home}');
  expect(chart.getAttribute('aria-valuetext')).toContain('16 Nov 2026: 10, final');
});

test('a series without any value still draws its frame', () => {
  render(<SeriesChart label="Reach" points={[]} level={false} />);
  expect(screen.getByRole('slider').getAttribute('aria-label')).toContain('No values in this range.');
});
