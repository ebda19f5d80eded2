import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { assertCode, refusal, sdkAt, walk } from './support/facebook-sdk.mjs';
import {
  BAKERY,
  DAY,
  FACEBOOK_SCOPES,
  NORA,
  REDIRECT_URI,
  startSandbox,
  UNIX_NOW,
} from './support/sandbox.mjs';

describe("Meta's business SDK for Node against graph.facebook.com", () => {
  let sandbox;
  let sdk;
  let api;
  let account;
  const tokenCall = (params) =>
    sdk
      .api(`${sandbox.facebookApp.id}|${sandbox.facebookApp.secret}`)
      .call('GET', ['oauth', 'access_token'], {
        client_id: sandbox.facebookApp.id,
        client_secret: sandbox.facebookApp.secret,
        ...params,
      });
  const me = () => new sdk.User('me', {}, undefined, api);
  const reach = { metric: ['reach'], period: ['day'] };

  before(async () => {
    sandbox = await startSandbox();
    sdk = sdkAt(`${sandbox.url}/graph.facebook.com`);
  });
  after(() => sandbox.stop());
  beforeEach(async () => {
    await sandbox.begin();
    const code = await sandbox.facebookCode();
    const short = await tokenCall({ code, redirect_uri: REDIRECT_URI });
    const long = await tokenCall({ grant_type: 'fb_exchange_token', fb_exchange_token: short.access_token });
    assert.deepEqual([short.expires_in, long.expires_in], [5_400, 5_183_944]);
    api = sdk.api(long.access_token);
    account = new sdk.IGUser(BAKERY.id, {}, undefined, api);
  });

  test('me is the person who logged in', async () => {
    const person = await me().get(['id', 'name']);
    assert.deepEqual([person.id, person.name], [NORA.id, NORA.name]);
  });

  test('a token is inspected', async () => {
    const app = await api.getAppID();
    assert.equal(app.data.data.app_id, sandbox.facebookApp.id);
    const { data } = await api.call('GET', ['debug_token'], { input_token: api.accessToken });
    assert.equal(data.is_valid, true);
    assert.equal(data.expires_at, UNIX_NOW + 5_183_944);
    for (const scope of FACEBOOK_SCOPES) assert.ok(data.scopes.includes(scope), scope);
  });

  test('Pages come two at a time, forwards and back, with tokens of their own', async () => {
    const fields = ['id', 'name', 'access_token', 'instagram_business_account'];
    const pages = await me().getAccounts(fields, { limit: 2, summary: true });
    const first = pages.map((page) => page.id);
    assert.equal(first.length, 2);
    assert.equal(pages.summary.total_count, 8);
    await pages.next();
    assert.notDeepEqual(
      pages.map((page) => page.id),
      first,
    );
    await pages.previous();
    assert.deepEqual(
      pages.map((page) => page.id),
      first,
    );

    const all = await walk(pages);
    assert.equal(new Set(all.map((page) => page.access_token)).size, 8);
    const owner = all.find((page) => page.instagram_business_account?.id === BAKERY.id);
    const withPageToken = new sdk.IGUser(BAKERY.id, {}, undefined, sdk.api(owner.access_token));
    assert.equal((await withPageToken.get(['username'])).username, BAKERY.username);
  });

  test('the account is a node with its fields', async () => {
    const node = await account.get(['username', 'followers_count', 'media_count', 'profile_picture_url']);
    assert.equal(node.username, BAKERY.username);
    assert.ok(Number.isInteger(node.followers_count) && Number.isInteger(node.media_count));
  });

  test('insights are read as a series, as a total and by breakdown', async () => {
    const day = { since: UNIX_NOW - 5 * DAY, until: UNIX_NOW - 4 * DAY };
    const [series] = await account.getInsights([], { ...reach, ...day });
    assert.equal(series.values.length, 2);
    const totals = await account.getInsights([], {
      metric: ['views', 'likes'],
      period: ['day'],
      metric_type: 'total_value',
      ...day,
    });
    assert.deepEqual(
      totals.map((total) => total.name),
      ['views', 'likes'],
    );
    const [parts] = await account.getInsights([], {
      ...reach,
      metric_type: 'total_value',
      breakdown: ['follow_type'],
      ...day,
    });
    const { results } = parts.total_value.breakdowns[0];
    assert.equal(
      results.reduce((sum, { value }) => sum + value, 0),
      parts.total_value.value,
    );
  });

  test("the series' next and previous windows are followed", async () => {
    const span = { since: UNIX_NOW - 5 * DAY, until: UNIX_NOW - 4 * DAY };
    const cursor = await account.getInsights([], { ...reach, ...span });
    const [before] = cursor[0].values.map((value) => value.end_time);
    await cursor.next();
    assert.ok(cursor[0].values[0].end_time > before);
  });

  test('media are walked to the end and have insights', async () => {
    const media = await walk(await account.getMedia(['id', 'media_product_type'], { limit: 100 }));
    assert.ok(media.length > 100);
    assert.equal(new Set(media.map((item) => item.id)).size, media.length);
    const reel = media.find((item) => item.media_product_type === 'REELS');
    const metric = ['reach', 'ig_reels_avg_watch_time'];
    const insights = await new sdk.IGMedia(reel.id, {}, undefined, api).getInsights([], { metric });
    assert.deepEqual(
      insights.map((one) => one.name),
      metric,
    );
  });

  test('each item of a batch is answered on its own', async () => {
    const good = [];
    const bad = [];
    const batch = new sdk.FacebookAdsApiBatch(
      api,
      (answer) => good.push(answer),
      (answer) => bad.push(answer),
    );
    for (const metric of ['reach', 'nonsense']) {
      const keep = (list) => (answer) => list.push(answer);
      batch.add(
        'GET',
        [BAKERY.id, 'insights'],
        { ...reach, metric: [metric] },
        undefined,
        keep(good),
        keep(bad),
      );
    }
    assert.equal(await batch.execute(), null);
    assert.deepEqual([good.length, bad.length], [1, 1]);
    assert.equal(good[0].body.data[0].name, 'reach');
    assert.deepEqual([bad[0].status, bad[0].error.response.error.code], [400, 100]);
  });

  test('one permission is given back', async () => {
    await me().deletePermissions({ permission: 'instagram_manage_insights' });
    const standing = await me().getPermissions([]);
    const declined = standing.filter((row) => row.status === 'declined').map((row) => row.permission);
    assert.deepEqual(declined, ['instagram_manage_insights']);
  });

  test('usage headers reach the app', async () => {
    const cursor = await new sdk.IGUser(BAKERY.id, {}, undefined, api.setShowHeader(true)).getInsights(
      [],
      reach,
    );
    const [usage] = JSON.parse(cursor.headers['x-business-use-case-usage'])[BAKERY.id];
    assert.equal(usage.type, 'instagram');
  });

  test('a token that ran out is 190/463', async () => {
    await sandbox.advance(61 * DAY);
    assertCode(await refusal(account.getInsights([], reach)), 400, 190, 463);
  });

  test('access taken away is 190/458', async () => {
    await sandbox.control('POST', 'revoke', { person: NORA.id });
    assertCode(await refusal(account.getInsights([], reach)), 400, 190, 458);
  });

  test('a throttled account is 80002 and says for how long', async () => {
    await sandbox.control('POST', 'throttle', { account: BAKERY.id, minutes: 7 });
    const error = await refusal(account.getInsights([], reach));
    assertCode(error, 400, 80002);
    const [usage] = JSON.parse(error.headers['x-business-use-case-usage'])[BAKERY.id];
    assert.ok(usage.estimated_time_to_regain_access >= 7);
  });

  test('an unknown metric is 100', async () => {
    const error = await refusal(account.getInsights([], { ...reach, metric: ['nonsense'] }));
    assertCode(error, 400, 100);
    assert.match(error.message, /metric\[0\] must be one of/);
  });

  test('a page of HTML in place of an answer breaks the SDK, not the test', async () => {
    await sandbox.control('POST', 'faults', { kind: 'html_503', http_status: 500, times: 1 });
    // The SDK reads every error as JSON.
    await assert.rejects(me().get(['id']), SyntaxError);
  });
});
