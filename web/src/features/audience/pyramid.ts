import type { AgeGenderFragment } from '@/gql/graphql';

export type PyramidRow = { age: string; women: number; men: number; unknown: number };

/** Meta's age × gender list as rows by age, youngest first; shares of the whole. */
export function pyramidRows(segments: readonly AgeGenderFragment[]): PyramidRow[] {
  const rows = new Map<string, PyramidRow>();
  for (const { age, gender, share } of segments) {
    const row = rows.get(age) ?? { age, women: 0, men: 0, unknown: 0 };
    row[side(gender)] += share;
    rows.set(age, row);
  }
  return [...rows.values()].sort((a, b) => Number.parseInt(a.age, 10) - Number.parseInt(b.age, 10));
}

function side(gender: string): 'women' | 'men' | 'unknown' {
  const initial = gender.charAt(0).toUpperCase();
  if (initial === 'F') return 'women';
  return initial === 'M' ? 'men' : 'unknown';
}
