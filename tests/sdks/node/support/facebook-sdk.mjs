import assert from 'node:assert/strict';
import sdk from 'facebook-nodejs-business-sdk';

/** Meta's SDK with its calls led to the sandbox: the host is a constant of this class, so it is replaced. */
export function sdkAt(graphUrl) {
  Object.defineProperty(sdk.FacebookAdsApi, 'GRAPH', { get: () => graphUrl });
  return {
    ...sdk,
    // Without the SDK's crash reports, which go to Meta.
    api: (token) => new sdk.FacebookAdsApi(token, 'en_US', false),
  };
}

/** The error that a call ends with, as the SDK's own class. */
export async function refusal(promise) {
  const error = await promise.then(
    () => assert.fail('the call was not refused'),
    (error) => error,
  );
  assert.equal(error.name, 'FacebookRequestError', error.stack);
  return error;
}

export function assertCode(error, status, code, subcode) {
  const { response } = error;
  assert.deepEqual([error.status, response.code, response.error_subcode], [status, code, subcode]);
}

/** All objects that a cursor walks over. */
export async function walk(cursor) {
  const found = [...cursor];
  while (cursor.hasNext()) found.push(...(await cursor.next()));
  return found;
}
