import { expect, test } from 'vitest';
import { refusalLabel, runReasonLabel, scopeLabel } from './words';

test('codes of the API become words', () => {
  expect(runReasonLabel('token_refused')).toBe('Meta refused the access');
  expect(refusalLabel('INVALID_SESSION')).toBe('Session was ended');
  expect(scopeLabel('instagram_manage_insights')).toBe('Instagram insights');
});

test('a code that is not known yet is at least readable', () => {
  expect(runReasonLabel('moon_phase')).toBe('moon phase');
  expect(refusalLabel('MOON_PHASE')).toBe('moon phase');
  expect(scopeLabel('instagram_moon')).toBe('instagram moon');
});
