import { expect, test } from 'vitest';
import { fileName } from './download';

test('a file has the name that the server gives it', () => {
  expect(fileName('attachment; filename="mooring-insights-2026-11-01-2026-11-30.csv"')).toBe(
    'mooring-insights-2026-11-01-2026-11-30.csv',
  );
  expect(fileName(null)).toBe('mooring');
});
