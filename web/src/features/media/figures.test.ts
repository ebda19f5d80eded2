import { expect, test } from 'vitest';
import type { MediaMetric } from '@/gql/graphql';
import { excerpt, type FigureValue, figures, figureText, type MetricInfo } from './figures';

const value = (metric: MediaMetric, number: number | null, state: FigureValue['state']): FigureValue => ({
  metric,
  value: number,
  state,
  collectedAt: null,
});

const info = (metric: MediaMetric, headline: boolean): MetricInfo => ({
  metric,
  label: metric,
  help: '',
  unit: 'COUNT',
  headline,
});

test('a value speaks in its unit', () => {
  expect(figureText(value('VIEWS', 12_345, 'PROVISIONAL'), 'COUNT')).toBe('12,345');
  expect(figureText(value('AVERAGE_WATCH_TIME', 7_340, 'FINAL'), 'MILLISECONDS')).toBe('7.3 s');
  expect(figureText(value('TOTAL_WATCH_TIME', 5_400_000, 'FINAL'), 'MILLISECONDS')).toBe('1 h 30 min');
  expect(figureText(value('SKIP_RATE', 4_320, 'FINAL'), 'BASIS_POINTS')).toBe('43.2%');
});

test('what is missing is a reason and never a zero', () => {
  expect(figureText(value('LIKES', null, 'HIDDEN'), 'COUNT')).toBe('Hidden');
  expect(figureText(value('REACH', null, 'BELOW_THRESHOLD'), 'COUNT')).toBe('Too few viewers');
  expect(figureText(value('SAVED', null, 'NOT_SUPPORTED'), 'COUNT')).toBe('Not offered');
  expect(figureText(value('REACH', 0, 'FINAL'), 'COUNT')).toBe('0');
});

test('figures stand in the order of the catalogue', () => {
  const catalogue = [info('REACH', true), info('SAVED', false), info('VIEWS', true), info('EXITS', true)];
  const values = [value('VIEWS', 2, 'FINAL'), value('SAVED', 3, 'FINAL'), value('REACH', 1, 'FINAL')];
  const found = figures(values, catalogue);
  expect(found.headline.map(({ info: { metric } }) => metric)).toEqual(['REACH', 'VIEWS']);
  expect(found.more.map(({ text }) => text)).toEqual(['3']);
});

test('a caption is cut between words', () => {
  expect(excerpt(null)).toBeUndefined();
  expect(excerpt('  two\n\nlines ')).toBe('two lines');
  const long = excerpt('word '.repeat(40));
  expect(long).toMatch(/word…$/);
  expect(long?.length).toBeLessThan(95);
});
