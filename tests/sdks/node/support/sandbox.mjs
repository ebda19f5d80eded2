import { randomBytes } from 'node:crypto';
import os from 'node:os';
import { fileURLToPath } from 'node:url';
import { agree } from '../../../../demo/dialog.mjs';
import { Program } from '../../../../demo/program.mjs';

const PROGRAM =
  process.env.MOORING_SANDBOX_BIN ??
  fileURLToPath(new URL('../../../../target/debug/mooring-sandbox', import.meta.url));

// The SDK's version has to be alive, and "yesterday" always the same day.
const NOW = '2026-11-20T12:00:00Z';
export const UNIX_NOW = Date.parse(NOW) / 1000;
export const DAY = 86_400;

export const REDIRECT_URI = 'http://127.0.0.1/callback';
export const NORA = { id: '10160000000000001', name: 'Nora Lindqvist' };
export const BAKERY = { id: '17841400000000001', name: 'Harbour Bakery', username: 'harbour.bakery' };
export const FACEBOOK_SCOPES = [
  'instagram_basic',
  'instagram_manage_insights',
  'pages_show_list',
  'pages_read_engagement',
];
export const INSTAGRAM_SCOPES = ['instagram_business_basic', 'instagram_business_manage_insights'];

// Whatever proxy this machine uses, loopback is not behind it.
process.env.NO_PROXY = process.env.no_proxy = '127.0.0.1';

/** A sandbox of our own on free ports, with its control API and a person at its dialogs. */
export async function startSandbox() {
  const facebookApp = { id: '2718281828', secret: randomBytes(16).toString('hex') };
  const instagramApp = { id: '3141592653', secret: randomBytes(16).toString('hex') };
  const settings = {
    SANDBOX_LISTEN: '127.0.0.1:0',
    SANDBOX_SMTP_LISTEN: '127.0.0.1:0',
    SANDBOX_FACEBOOK_APP_ID: facebookApp.id,
    SANDBOX_FACEBOOK_APP_SECRET: facebookApp.secret,
    SANDBOX_INSTAGRAM_APP_ID: instagramApp.id,
    SANDBOX_INSTAGRAM_APP_SECRET: instagramApp.secret,
  };
  const program = new Program('sandbox', PROGRAM, [], {
    env: settings,
    logFile: os.devNull,
    readsOutput: true,
  });
  const url = `http://${JSON.parse(await program.firstLine()).http}`;

  async function control(method, path, body) {
    const answer = await fetch(`${url}/_sandbox/${path}`, {
      method,
      headers: { 'content-type': 'application/json' },
      body: body && JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`${method} ${path}: ${await answer.text()}`);
    return answer.json();
  }

  return {
    url,
    facebookApp,
    instagramApp,
    control,
    /** Back to the first moment, with the clock standing still. */
    async begin() {
      await control('POST', 'reset', {});
      await control('POST', 'clock', { now: NOW, frozen: true });
    },
    advance: (seconds) => control('POST', 'clock', { advance_seconds: seconds }),
    async facebookCode() {
      const address = dialog(`${url}/www.facebook.com/v24.0/dialog/oauth`, facebookApp, FACEBOOK_SCOPES);
      return codeOf(await agree(address, NORA.name));
    },
    async instagramCode() {
      const address = dialog(`${url}/www.instagram.com/oauth/authorize`, instagramApp, INSTAGRAM_SCOPES);
      return codeOf(await agreeToInstagram(address));
    },
    stop: () => program.stop(),
  };
}

function dialog(address, app, scopes) {
  const query = new URLSearchParams({
    client_id: app.id,
    redirect_uri: REDIRECT_URI,
    response_type: 'code',
    scope: scopes.join(','),
    state: 'as-sent',
  });
  return `${address}?${query}`;
}

export const agreeToInstagram = (address) => decide(address, BAKERY.id, 'continue');

/** Answers a login dialog as a person, and gives the address that it leads back to. */
export async function decide(address, person, decision) {
  const body = new URLSearchParams({ person, decision, all: '1' });
  const answer = await fetch(address, { method: 'POST', body, redirect: 'manual' });
  const location = answer.headers.get('location');
  if (!location) throw new Error(`the dialog answered ${answer.status}`);
  return location;
}

export const codeOf = (location) => new URL(location).searchParams.get('code');
