import { expect, test } from 'vitest';
import {
  addDays,
  formatDay,
  formatDaysLeft,
  formatDuration,
  formatRelative,
  metaRange,
  metaToday,
} from './dates';

test('the day of Meta is the Pacific one', () => {
  // 07:59 UTC is still the evening before in California, in winter; 08:00 is midnight there.
  expect(metaToday(new Date('2026-11-20T07:59:00Z'))).toBe('2026-11-19');
  expect(metaToday(new Date('2026-11-20T08:00:00Z'))).toBe('2026-11-20');
});

test('in summer the day of Meta changes an hour earlier', () => {
  expect(metaToday(new Date('2026-07-01T06:59:00Z'))).toBe('2026-06-30');
  expect(metaToday(new Date('2026-07-01T07:00:00Z'))).toBe('2026-07-01');
});

test('a range holds as many days as asked, today included', () => {
  const now = new Date('2026-11-20T20:00:00Z');
  expect(metaRange(7, now)).toEqual({ from: '2026-11-14', to: '2026-11-20' });
});

test('days are counted over the change of clocks and of years', () => {
  expect(addDays('2026-10-31', 2)).toBe('2026-11-02');
  expect(addDays('2026-12-31', 1)).toBe('2027-01-01');
});

test('a calendar day is not moved by the zone of the viewer', () => {
  expect(formatDay('2026-11-20')).toBe('20 Nov');
});

test('distances are told in the largest fitting unit', () => {
  const now = Date.parse('2026-11-20T12:00:00Z');
  expect(formatRelative('2026-11-20T11:59:30Z', now)).toBe('just now');
  expect(formatRelative('2026-11-20T11:15:00Z', now)).toBe('45 min. ago');
  expect(formatRelative('2026-11-19T12:00:00Z', now)).toBe('yesterday');
  expect(formatRelative('2026-11-23T12:00:00Z', now)).toBe('in 3 days');
  expect(formatRelative('2026-08-01T12:00:00Z', now)).toBe('1 Aug 2026');
});

test('days left have words for the edges', () => {
  expect([-1, 0, 1, 12].map(formatDaysLeft)).toEqual([
    'expired',
    'expires today',
    '1 day left',
    '12 days left',
  ]);
});

test('durations', () => {
  expect(formatDuration('2026-11-20T12:00:00.000Z', '2026-11-20T12:00:00.840Z')).toBe('840 ms');
  expect(formatDuration('2026-11-20T12:00:00Z', '2026-11-20T12:00:02.5Z')).toBe('2.5 s');
});
