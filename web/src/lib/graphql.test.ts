import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { TypedDocumentString } from '@/gql/graphql';
import { execute } from './graphql';
import { accessToken, beginSession, endSession } from './session';

type Sent = { query: string; authorization: string | null; client: string | null };

const Ask = new TypedDocumentString<{ viewer: null }, Record<string, never>>('query Ask { viewer { id } }');
const unauthenticated = { errors: [{ message: 'Sign in.', extensions: { code: 'UNAUTHENTICATED' } }] };
const renewed = { data: { refreshSession: { session: { accessToken: 'second' } } } };

let sent: Sent[] = [];

/** Answers the requests in turn, and fails on any that was not planned. */
function serverAnswers(...answers: unknown[]) {
  vi.stubGlobal('fetch', async (_: string, init: RequestInit) => {
    const headers = new Headers(init.headers);
    const query = String(JSON.parse(String(init.body)).query);
    sent.push({
      query,
      authorization: headers.get('authorization'),
      client: headers.get('x-mooring-client'),
    });
    if (answers.length === 0) throw new Error(`unplanned request: ${query}`);
    return new Response(JSON.stringify(answers.shift()));
  });
}

beforeEach(() => {
  sent = [];
  beginSession('first');
});
afterEach(() => {
  endSession();
  vi.unstubAllGlobals();
});

test('every request carries the token and the header of the dashboard', async () => {
  serverAnswers({ data: { viewer: null } });
  await execute(Ask);
  expect(sent).toMatchObject([{ authorization: 'Bearer first', client: 'dashboard' }]);
});

test('a token that ran out is renewed once, and the request repeated', async () => {
  serverAnswers(unauthenticated, renewed, { data: { viewer: null } });
  await expect(execute(Ask)).resolves.toEqual({ viewer: null });
  expect(sent.map(({ authorization }) => authorization)).toEqual(['Bearer first', null, 'Bearer second']);
});

test('several requests that fail together renew the session once', async () => {
  serverAnswers(
    unauthenticated,
    unauthenticated,
    renewed,
    { data: { viewer: null } },
    { data: { viewer: null } },
  );
  await Promise.all([execute(Ask), execute(Ask)]);
  expect(sent.filter(({ query }) => query.includes('refreshSession'))).toHaveLength(1);
});

test('without a session to renew the person is signed out', async () => {
  serverAnswers(unauthenticated, { data: { refreshSession: { session: null } } });
  await expect(execute(Ask)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  expect(accessToken()).toBeUndefined();
});

test('a server that cannot be reached signs nobody out', async () => {
  vi.stubGlobal('fetch', async () => {
    throw new TypeError('network');
  });
  await expect(execute(Ask)).rejects.toMatchObject({ code: 'NETWORK' });
  expect(accessToken()).toBe('first');
});
