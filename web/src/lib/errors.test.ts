import { expect, test } from 'vitest';
import { failureText, sortErrors, type UserError } from './errors';
import { RequestFailed } from './transport';

const fault = (path: string[], message: string): UserError => ({ path, code: 'INVALID', message });

test('an error goes to the field that its path ends in', () => {
  const sorted = sortErrors([fault(['input', 'email'], 'Not an address.')], ['email', 'password']);
  expect(sorted).toEqual({ fields: { email: 'Not an address.' }, top: [] });
});

test('an error about an element of a list field stays with that field', () => {
  const sorted = sortErrors([fault(['input', 'instagramIds', '2'], 'Unknown account.')], ['instagramIds']);
  expect(sorted.fields.instagramIds).toBe('Unknown account.');
});

test('an error without a field of this form goes to the top', () => {
  const sorted = sortErrors(
    [fault([], 'Try later.'), fault(['workspaceId'], 'No such workspace.')],
    ['email'],
  );
  expect(sorted.top).toEqual(['Try later.', 'No such workspace.']);
});

test('several errors of one field are all shown', () => {
  const sorted = sortErrors(
    [fault(['password'], 'Too short.'), fault(['password'], 'Too common.')],
    ['password'],
  );
  expect(sorted.fields.password).toBe('Too short. Too common.');
});

test('a failure names the request, so that it can be found in the log', () => {
  expect(failureText(new RequestFailed('Internal error.', 'INTERNAL', 'r-7'))).toBe(
    'Internal error. (request r-7)',
  );
});

test('a fault of the page itself shows no inner text', () => {
  expect(failureText(new TypeError('x is undefined'))).not.toContain('undefined');
});
