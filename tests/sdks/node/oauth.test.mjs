import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import * as oauth from 'oauth4webapi';
import { AuthorizationCode } from 'simple-oauth2';
import {
  BAKERY,
  codeOf,
  decide,
  FACEBOOK_SCOPES,
  INSTAGRAM_SCOPES,
  NORA,
  REDIRECT_URI,
  startSandbox,
} from './support/sandbox.mjs';

let sandbox;
before(async () => {
  sandbox = await startSandbox();
});
after(() => sandbox.stop());
beforeEach(() => sandbox.begin());

const LOGINS = [
  {
    name: 'Facebook Login',
    app: () => sandbox.facebookApp,
    auth: {
      authorizePath: '/www.facebook.com/v25.0/dialog/oauth',
      tokenPath: '/graph.facebook.com/v25.0/oauth/access_token',
    },
    scope: FACEBOOK_SCOPES,
    person: NORA.id,
    read: '/graph.facebook.com/v25.0/me?fields=id',
    isTheirs: (body) => body.id === NORA.id,
    messageOf: (payload) => payload.error.message,
  },
  {
    name: 'Instagram Login',
    app: () => sandbox.instagramApp,
    auth: {
      authorizePath: '/www.instagram.com/oauth/authorize',
      tokenPath: '/api.instagram.com/oauth/access_token',
    },
    scope: INSTAGRAM_SCOPES,
    person: BAKERY.id,
    read: '/graph.instagram.com/v25.0/me?fields=user_id',
    isTheirs: (body) => body.user_id === BAKERY.id,
    messageOf: (payload) => payload.error_message,
  },
];

for (const login of LOGINS) {
  describe(`simple-oauth2 at ${login.name}`, () => {
    let client;
    const address = () =>
      client.authorizeURL({
        redirect_uri: REDIRECT_URI,
        scope: login.scope,
        state: 'a state / of & its own',
      });
    const tokenFor = (code, redirectUri = REDIRECT_URI) =>
      client.getToken({ code, redirect_uri: redirectUri });
    const agreedCode = async () => codeOf(await decide(address(), login.person, 'continue'));
    const refusal = async (promise) => {
      const error = await promise.then(
        () => assert.fail('a token was given'),
        (error) => error,
      );
      assert.equal(error.output?.statusCode, 400, error.stack);
      return login.messageOf(error.data.payload);
    };

    beforeEach(() => {
      client = new AuthorizationCode({
        client: login.app(),
        auth: { tokenHost: sandbox.url, ...login.auth },
        // Meta reads the app's id and secret from the form, and its scopes with commas.
        options: { authorizationMethod: 'body', scopeSeparator: ',' },
      });
    });

    test('the code becomes a token that reads', async () => {
      const { token } = await tokenFor(await agreedCode());
      const answer = await fetch(`${sandbox.url}${login.read}`, {
        headers: { authorization: `Bearer ${token.access_token}` },
      });
      assert.ok(login.isTheirs(await answer.json()));
    });

    test('the state comes back as it was sent', async () => {
      const back = new URL(await decide(address(), login.person, 'continue'));
      assert.equal(back.searchParams.get('state'), 'a state / of & its own');
      assert.ok(back.href.startsWith(REDIRECT_URI));
    });

    test('a cancelled dialog leads back with access_denied and the state', async () => {
      const back = new URL(await decide(address(), login.person, 'cancel'));
      assert.equal(back.searchParams.get('error'), 'access_denied');
      assert.equal(back.searchParams.get('state'), 'a state / of & its own');
      assert.equal(codeOf(back), null);
    });

    test('a code works once', async () => {
      const code = await agreedCode();
      await tokenFor(code);
      assert.match(await refusal(tokenFor(code)), /used/);
    });

    test('a code is bound to its redirect address', async () => {
      const other = tokenFor(await agreedCode(), 'http://127.0.0.1/elsewhere');
      assert.match(await refusal(other), /redirect_uri is identical/);
    });

    test('a wrong app secret is refused', async () => {
      const wrong = new AuthorizationCode({
        client: { ...login.app(), secret: 'wrong' },
        auth: { tokenHost: sandbox.url, ...login.auth },
        options: { authorizationMethod: 'body' },
      });
      const code = await agreedCode();
      assert.match(await refusal(wrong.getToken({ code, redirect_uri: REDIRECT_URI })), /client secret/);
    });
  });
}

describe('oauth4webapi, which follows the standards to the letter, at Facebook Login', () => {
  const insecure = { [oauth.allowInsecureRequests]: true };

  test('the code becomes a token', async () => {
    const { auth, scope, person } = LOGINS[0];
    const server = {
      // Facebook names no issuer in its answers; the library wants one to compare with.
      issuer: sandbox.url,
      authorization_endpoint: `${sandbox.url}${auth.authorizePath}`,
      token_endpoint: `${sandbox.url}${auth.tokenPath}`,
    };
    const client = { client_id: sandbox.facebookApp.id };
    const state = oauth.generateRandomState();
    const address = new URL(server.authorization_endpoint);
    address.search = new URLSearchParams({
      ...client,
      redirect_uri: REDIRECT_URI,
      response_type: 'code',
      scope: scope.join(','),
      state,
    });

    const back = new URL(await decide(address.href, person, 'continue'));
    const params = oauth.validateAuthResponse(server, client, back, state);
    const answer = await oauth.authorizationCodeGrantRequest(
      server,
      client,
      oauth.ClientSecretPost(sandbox.facebookApp.secret),
      params,
      REDIRECT_URI,
      oauth.nopkce,
      insecure,
    );
    const token = await oauth.processAuthorizationCodeResponse(server, client, answer);
    assert.deepEqual([token.token_type, token.expires_in], ['bearer', 5_400]);

    const denied = new URL(await decide(address.href, person, 'cancel'));
    assert.throws(() => oauth.validateAuthResponse(server, client, denied, state), {
      error: 'access_denied',
    });
  });
});
