import { expect, test } from 'vitest';
import { paths, safeReturnPath } from './paths';

test('ids are encoded, whatever they hold', () => {
  expect(paths.account('a/b==', 'c?d')).toBe('/w/a%2Fb%3D%3D/accounts/c%3Fd');
  expect(paths.accounts('workspace:7')).toBe('/w/workspace:7/accounts');
});

test('after signing in only our own pages are opened', () => {
  expect(safeReturnPath('/w/1/accounts?q=x')).toBe('/w/1/accounts?q=x');
  for (const elsewhere of [
    null,
    '',
    'https://evil.example',
    '//evil.example',
    '/\\evil.example',
    'javascript:1',
  ]) {
    expect(safeReturnPath(elsewhere)).toBe('/');
  }
});
