import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from './client.mjs';
import { agree } from './dialog.mjs';
import { until } from './start.mjs';

export const DEMO_EMAIL = 'demo@mooring.example';
const WORKSPACE = 'Northlight Agency';
const DAYS = 90;
/** So much of the range must be there before the history counts as fetched: the newest days may not be ready. */
const ENOUGH_DAYS = 80;

/** Who agrees, through which login, and where the mails about their accounts go. */
const LOGINS = [
  { provider: 'FACEBOOK_LOGIN', person: 'Nora Lindqvist', contactEmail: 'nora@lindqvist.example' },
  { provider: 'FACEBOOK_LOGIN', person: 'Tomas Beck', contactEmail: 'tomas@beck.example' },
  { provider: 'INSTAGRAM_LOGIN', person: 'Studio Meridian', contactEmail: 'studio@meridian.example' },
];

/**
 * Fills an empty installation the way people would: through the public API and the login dialogs. What is
 * there already is left alone, so an interrupted run is simply continued by the next.
 */
export async function seed({ url, sandboxUrl, password, say }) {
  const client = new Client(url);
  await signIn(client, { sandboxUrl, password, say });
  const workspaceId = await workspace(client, say);
  const present = await accounts(client, workspaceId, 'contactEmail');
  const missing = LOGINS.filter(({ contactEmail }) => !present.some((account) => account.contactEmail === contactEmail));

  for (const login of missing) {
    const count = await connect(client, workspaceId, login);
    say(`${login.person} agreed: ${count} ${count === 1 ? 'account' : 'accounts'} connected`);
  }
  return { client, workspaceId, seeded: missing.length > 0 };
}

async function signIn(client, { sandboxUrl, password, say }) {
  const credentials = { email: DEMO_EMAIL, password };
  let answer = await client.attempt('signIn', credentials, 'session { accessToken }');
  if (!answer.session) {
    say(`Signing up ${DEMO_EMAIL}`);
    // An interrupted run may have left an older mail, whose link confirms an older sign-up.
    const after = (await mailsTo(sandboxUrl, DEMO_EMAIL)).at(-1)?.id ?? 0;
    await client.mutate('signUp', { ...credentials, name: 'Demo' });
    const token = await confirmationToken(sandboxUrl, DEMO_EMAIL, after);
    await client.mutate('confirmEmail', { token, password });
    answer = await client.mutate('signIn', credentials, 'session { accessToken }');
  }
  client.token = answer.session.accessToken;
}

/** The token from the confirmation mail that comes after the mail with this id. */
async function confirmationToken(sandboxUrl, email, after) {
  const link = await until(30_000, `no confirmation mail reached ${email}`, async () => {
    const mails = await mailsTo(sandboxUrl, email, after);
    return mails.flatMap((mail) => mail.links).findLast((address) => new URL(address).pathname === '/confirm');
  });
  return new URLSearchParams(new URL(link).hash.slice(1)).get('token');
}

async function mailsTo(sandboxUrl, email, after = 0) {
  const answer = await fetch(`${sandboxUrl}/_sandbox/mails?to=${encodeURIComponent(email)}&after=${after}`);
  return (await answer.json()).mails;
}

async function workspace(client, say) {
  const { viewer } = await client.query('{ viewer { memberships { workspace { id } } } }');
  const existing = viewer.memberships[0]?.workspace.id;
  if (existing) return existing;
  say(`Creating the workspace ${WORKSPACE}`);
  return (await client.mutate('createWorkspace', { name: WORKSPACE }, 'workspace { id }')).workspace.id;
}

/** One login from the first press to the chosen accounts; returns how many were added. */
export async function connect(client, workspaceId, { provider, person, contactEmail }) {
  const { authorizationUrl } = await client.mutate('startConnect', { workspaceId, provider }, 'authorizationUrl');
  const callback = await agree(authorizationUrl, person);
  const landed = await client.fetch(callback);
  const target = new URL(landed.headers.get('location') ?? callback, client.url);
  const [, first, id] = target.pathname.split('/');
  if (first !== 'connect' || !id || id === 'failed') {
    throw new Error(`The login of ${person} ended at ${target.pathname}${target.search} (status ${landed.status})`);
  }

  const connectSessionId = decodeURIComponent(id);
  const { connectSession } = await client.query(
    'query ($id: ID!) { connectSession(id: $id) { candidates { instagramId state } } }',
    { id: connectSessionId },
  );
  const instagramIds = connectSession.candidates
    .filter(({ state }) => state === 'SELECTABLE')
    .map(({ instagramId }) => instagramId);
  if (instagramIds.length === 0) return 0;
  const chosen = await client.mutate('chooseAccounts', { connectSessionId, instagramIds, contactEmail }, 'accounts { id }');
  return chosen.accounts.length;
}

async function accounts(client, workspaceId, fields = '') {
  const { workspace } = await client.query(
    `query ($id: ID!) { workspace(id: $id) { accounts(first: 50) { nodes { id ${fields} } } } }`,
    { id: workspaceId },
  );
  return workspace.accounts.nodes;
}

/** Waits until the worker has fetched the past days of every account; false when time is up before. */
export async function historyFetched({ client, workspaceId, withinMs, progress }) {
  const ids = (await accounts(client, workspaceId)).map(({ id }) => id);
  const to = new Date().toISOString().slice(0, 10);
  const from = new Date(Date.now() - DAYS * 86_400_000).toISOString().slice(0, 10);
  const waiting = new Set(ids);
  const complete = async () => {
    for (const id of waiting) if (await isFilled(client, id, from, to)) waiting.delete(id);
    progress(ids.length - waiting.size, ids.length);
    return waiting.size === 0;
  };
  const end = Date.now() + withinMs;
  while (!(await complete())) {
    if (Date.now() > end) return false;
    await sleep(1_000);
  }
  return true;
}

async function isFilled(client, id, from, to) {
  const { account } = await client.query(
    `query ($id: ID!, $from: Date!, $to: Date!) {
      account(id: $id) { insights(metrics: [REACH], from: $from, to: $to) { values } audience(kind: FOLLOWERS) { day } }
    }`,
    { id, from, to },
  );
  const known = account.insights[0]?.values.filter((value) => value !== null).length ?? 0;
  return known >= ENOUGH_DAYS && account.audience !== null;
}
