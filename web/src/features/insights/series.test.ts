import { expect, test } from 'vitest';
import type { PointState } from '@/gql/graphql';
import {
  comparable,
  linePieces,
  loneDays,
  missingNote,
  missingSpans,
  type Point,
  partOfDays,
  summarise,
  valueDomain,
  zipPoints,
} from './series';

/** `5` is a final value, `5?` a provisional one, anything else the state of a missing one. */
function points(...days: string[]): Point[] {
  return days.map((text, at) => {
    const day = `2026-11-${String(at + 1).padStart(2, '0')}`;
    const value = Number.parseInt(text, 10);
    if (Number.isNaN(value)) return { day, value: null, state: text as PointState };
    return { day, value, state: text.endsWith('?') ? 'PROVISIONAL' : 'FINAL' };
  });
}

test('an unbroken series is one piece', () => {
  expect(linePieces(points('1', '2', '3'))).toEqual([{ from: 0, to: 2, provisional: false }]);
});

test('the line never crosses a missing day', () => {
  expect(linePieces(points('1', '2', 'GAP', '4', '5'))).toEqual([
    { from: 0, to: 1, provisional: false },
    { from: 3, to: 4, provisional: false },
  ]);
});

test('zero is a value and breaks nothing', () => {
  expect(linePieces(points('1', '0', '3'))).toHaveLength(1);
});

test('the way into provisional days is a piece of its own', () => {
  expect(linePieces(points('1', '2', '3?', '4?'))).toEqual([
    { from: 0, to: 1, provisional: false },
    { from: 1, to: 3, provisional: true },
  ]);
});

test('a day between two gaps becomes a dot', () => {
  expect(loneDays(points('GAP', '7', 'GAP', '1', '2'))).toEqual([1]);
  expect(loneDays(points('7'))).toEqual([0]);
});

test('missing days are told apart by their reason', () => {
  expect(missingSpans(points('GAP', 'GAP', 'NO_PERMISSION', '4', 'NOT_READY'))).toEqual([
    { from: 0, to: 1, state: 'GAP' },
    { from: 2, to: 2, state: 'NO_PERMISSION' },
    { from: 4, to: 4, state: 'NOT_READY' },
  ]);
});

test('counts start at zero, a level does not', () => {
  expect(valueDomain(points('40', '60'), false)).toEqual([0, 60]);
  expect(valueDomain(points('-3', '6'), false)).toEqual([-3, 6]);
  expect(valueDomain(points('1000', '1100'), true)).toEqual([980, 1120]);
  expect(valueDomain(points('GAP'), false)).toEqual([0, 1]);
});

test('the packed form becomes points, and what is cut off becomes a gap', () => {
  const zipped = zipPoints({ days: ['2026-11-01', '2026-11-02'], values: [5], states: ['FINAL'] });
  expect(zipped[1]).toEqual({ day: '2026-11-02', value: null, state: 'GAP' });
});

test('the summary says what is missing', () => {
  expect(summarise(points('5', '9', 'GAP'), String)).toBe(
    '2 of 3 days have a value, from 5 to 9, the latest 9. 1 day is missing.',
  );
});

test('ranges are compared without their last day', () => {
  expect(comparable([10, 20, 3], [5, 10, 100])).toEqual({ now: 30, before: 15 });
  expect(comparable([10, 20, null], [5, 10, null])).toEqual({ now: 30, before: 15 });
});

test('a closed day without a value on either side forbids the comparison', () => {
  expect(comparable([10, null, 3], [5, 10, 100])).toBeUndefined();
  expect(comparable([10, 20, 3], [null, null, 100])).toBeUndefined();
  expect(comparable([10, 20, 3], [10])).toBeUndefined();
  expect(comparable([3], [3])).toBeUndefined();
});

test('zero is a value to compare', () => {
  expect(comparable([0, 0, 1], [4, 0, 1])).toEqual({ now: 0, before: 4 });
});

test('a sum over some of the days says over how many', () => {
  expect(partOfDays(points('1', '2', '3?'))).toBeUndefined();
  expect(partOfDays(points('1', '2', 'NOT_READY'))).toBeUndefined();
  expect(partOfDays(points('GAP', '2', '3?'))).toBe('2 of 3 days');
  expect(partOfDays(points('1', 'GAP', 'NOT_READY'))).toBe('1 of 3 days');
});

test('a gap at the beginning is history on its way, if it can come', () => {
  const young = points('GAP', 'GAP', '3', '4?');
  expect(missingNote(young, true)).toMatch(/^History is still being fetched/);
  expect(missingNote(young, false)).toBe('Some days are missing: nothing was collected of 2 days.');
});

test('other missing days are told by reason', () => {
  expect(missingNote(points('1', 'GAP', 'NO_PERMISSION', 'GAP', '5'), true)).toBe(
    'Some days are missing: nothing was collected of 2 days, a permission was missing on 1 day.',
  );
  expect(missingNote(points('1', '2', 'GAP'), true)).toBeUndefined();
  expect(missingNote([], true)).toBeUndefined();
});
