import { expect, test } from 'vitest';
import { pyramidRows } from './pyramid';

test('segments become one row per age, youngest first', () => {
  const rows = pyramidRows([
    { age: '65+', gender: 'M', value: 1, share: 0.1 },
    { age: '18-24', gender: 'F', value: 4, share: 0.4 },
    { age: '18-24', gender: 'M', value: 3, share: 0.3 },
    { age: '18-24', gender: 'U', value: 2, share: 0.2 },
  ]);
  expect(rows).toEqual([
    { age: '18-24', women: 0.4, men: 0.3, unknown: 0.2 },
    { age: '65+', women: 0, men: 0.1, unknown: 0 },
  ]);
});
