import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { assertCode, refusal, sdkAt, walk } from './support/facebook-sdk.mjs';
import { BAKERY, DAY, REDIRECT_URI, startSandbox } from './support/sandbox.mjs';

describe("the Instagram-login classes of Meta's business SDK for Node", () => {
  let sandbox;
  let sdk;
  let token;
  const objectOf = (Class, id, accessToken = token) => new Class(id, {}, undefined, sdk.api(accessToken));
  const refresh = () =>
    objectOf(sdk.IGRefreshAccessTokenForIGOnlyAPI, 'refresh_access_token').get([], {
      grant_type: 'ig_refresh_token',
    });

  before(async () => {
    sandbox = await startSandbox();
    // An app has to do the same for the real host: the SDK's default is graph.facebook.com.
    sdk = sdkAt(`${sandbox.url}/graph.instagram.com`);
  });
  after(() => sandbox.stop());
  beforeEach(async () => {
    await sandbox.begin();
    const { id, secret } = sandbox.instagramApp;
    // The SDK has no class for api.instagram.com.
    const answer = await fetch(`${sandbox.url}/api.instagram.com/oauth/access_token`, {
      method: 'POST',
      body: new URLSearchParams({
        client_id: id,
        client_secret: secret,
        grant_type: 'authorization_code',
        redirect_uri: REDIRECT_URI,
        code: await sandbox.instagramCode(),
      }),
    });
    const short = (await answer.json()).access_token;
    const long = await objectOf(sdk.IGAccessTokenForIGOnlyAPI, 'access_token', short).get([], {
      grant_type: 'ig_exchange_token',
      client_secret: secret,
    });
    assert.equal(long.expires_in, 60 * DAY);
    token = long.access_token;
  });

  test('the account has its fields, insights and media', async () => {
    const me = objectOf(sdk.IGUserForIGOnlyAPI, 'me');
    const [reach] = await me.getInsights([], { metric: ['reach'], period: ['day'] });
    assert.equal(reach.name, 'reach');
    const media = await walk(await me.getMedia(['id'], { limit: 100 }));
    assert.ok(media.length > 100);
    const { user_id, username } = await me.get(['user_id', 'username']);
    assert.deepEqual([user_id, username], [BAKERY.id, BAKERY.username]);
  });

  test('a token is refreshed after a day, not before', async () => {
    const error = await refusal(refresh());
    assertCode(error, 400, 100);
    assert.equal(error.response.type, 'IGApiException');
    await sandbox.advance(DAY + 1);
    assert.equal((await refresh()).expires_in, 60 * DAY);
  });

  test('a token that ran out is 190 without a subcode', async () => {
    await sandbox.advance(61 * DAY);
    assertCode(await refusal(refresh()), 400, 190);
  });
});
