import { expect, test } from 'vitest';
import { failureOf } from './failures';

const textOf = (query: string) => failureOf(new URLSearchParams(query)).text;

test('a wrong account is told with both handles', () => {
  const text = textOf('reason=wrong_account&expected=harbour.bakery&found=fjordandfern,kiteandcurrent');
  expect(text).toContain('for @harbour.bakery, but the login holds @fjordandfern, @kiteandcurrent.');
});

test('missing permissions are named', () => {
  expect(textOf('reason=permission&missing=instagram_basic,pages_show_list')).toContain(
    'Not allowed: Instagram profile (instagram_basic), List of Pages (pages_show_list). Without it the accounts',
  );
});

test('an unknown reason still says what to do', () => {
  expect(textOf('reason=new')).toContain('Try again');
  expect(textOf('')).toContain('Try again');
});
