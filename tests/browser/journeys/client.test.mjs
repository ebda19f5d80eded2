import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { assertAccessible } from '../support/accessible.mjs';
import { assertNoComplaints, openBrowser } from '../support/browser.mjs';
import { startInstallation } from '../support/installation.mjs';
import { Sandbox } from '../support/sandbox.mjs';
import { look } from '../support/screenshots.mjs';
import {
  accountRow,
  agreeAtMeta,
  chooseAll,
  continueDialog,
  createWorkspace,
  heading,
  signUp,
} from '../support/steps.mjs';

const CLIENT = 'nora@lindqvist.example';
const NOTICED_WITHIN_MS = 90_000;

let mooring;
let browser;

before(async () => {
  mooring = await startInstallation();
  browser = await openBrowser();
});
after(async () => {
  await browser?.close();
  await mooring?.stop();
});

test('a client without a login connects two accounts with a link, and the team sees them', async () => {
  const sandbox = new Sandbox(mooring.sandboxUrl);
  const team = await browser.person(mooring.url);
  const { page } = team;
  await signUp(page, {
    url: mooring.url,
    sandbox,
    email: 'team@northlight.example',
    name: 'Team Northlight',
  });
  await createWorkspace(page, 'Northlight Agency');
  await page.getByRole('navigation', { name: 'Workspace' }).getByRole('link', { name: 'Connect' }).click();
  await page.getByRole('heading', { name: 'No link for a client yet' }).waitFor();
  await assertAccessible(page, 'no link for a client yet');
  await page.getByLabel('Client', { exact: true }).fill('Lindqvist Bakeries');
  await page.getByLabel('Mail it to').fill(CLIENT);
  await page.getByRole('button', { name: 'Make and mail the link' }).click();
  await page.getByRole('textbox', { name: 'Link for Lindqvist Bakeries' }).waitFor();
  const row = page
    .getByRole('row')
    .filter({ has: page.getByRole('rowheader', { name: /Lindqvist Bakeries/ }) });
  await row.getByText('Sent', { exact: true }).waitFor();
  await assertAccessible(page, 'the links for clients');
  await look(page, 'links-for-clients');

  const { link } = await sandbox.mailWithLink(CLIENT, '/connect-accounts/');
  const client = await browser.person(mooring.url);
  await client.page.goto(link);
  await heading(client.page, 'Connect your Instagram accounts').waitFor();
  await client.page.getByText('Northlight Agency').first().waitFor();
  await assertAccessible(client.page, 'the page behind a connect link');
  await look(client.page, 'connect-link');
  await row.getByText('Opened', { exact: true }).waitFor();

  // By keyboard: the button is reached and pressed without a pointer.
  await client.page.getByRole('button', { name: 'Continue to Facebook' }).focus();
  await client.page.keyboard.press('Enter');
  await continueDialog(client.page, 'Nora Lindqvist');
  await heading(client.page, 'Choose what to connect').waitFor();
  assert.equal(await client.page.getByRole('checkbox', { checked: true }).count(), 0, 'nothing is ticked');
  await client.page.getByRole('heading', { name: 'Cannot be connected' }).waitFor();
  await client.page.getByRole('button', { name: 'Connect the ticked accounts' }).click();
  await client.page.getByRole('alert').filter({ hasText: 'tick at least one account' }).waitFor();
  await client.page.getByRole('checkbox', { name: /@harbour\.bakery/ }).check();
  await client.page.getByRole('checkbox', { name: /@copperkettle\.coffee/ }).check();
  await assertAccessible(client.page, 'the choice of a client');
  await look(client.page, 'client-choice');
  await client.page.getByRole('button', { name: 'Connect the ticked accounts' }).click();
  await heading(client.page, 'Thank you').waitFor();
  await client.page.getByText('@harbour.bakery').waitFor();
  await assertAccessible(client.page, 'the end of the way of a client');
  await look(client.page, 'client-done');
  // Neither the way back nor a reload connects anything again or leads into the dashboard.
  await client.page.reload();
  await heading(client.page, 'Thank you').waitFor();
  await client.page.goto(mooring.url);
  await heading(client.page, 'Sign in').waitFor();

  await row.getByText('Connected', { exact: true }).waitFor();
  await row.getByText('2 accounts').waitFor();
  await look(page, 'links-for-clients-used');
  await row.getByRole('link', { name: '@harbour.bakery' }).waitFor();
  await page.getByRole('navigation', { name: 'Workspace' }).getByRole('link', { name: 'Accounts' }).click();
  await accountRow(page, '@harbour.bakery').getByText('Healthy').waitFor();
  await accountRow(page, '@copperkettle.coffee').getByRole('time').waitFor({ timeout: NOTICED_WITHIN_MS });
  assert.equal(await page.getByRole('rowheader').count(), 2, 'and no others');

  await page.getByRole('navigation', { name: 'Workspace' }).getByRole('link', { name: 'Connect' }).click();
  await row.getByRole('button', { name: 'Revoke the link for Lindqvist Bakeries' }).click();
  await row.getByText('Revoked', { exact: true }).waitFor();
  const late = await browser.person(mooring.url);
  const answer = await late.page.goto(link);
  assert.equal(answer.status(), 410);
  await heading(late.page, 'This link was withdrawn').waitFor();
  await assertAccessible(late.page, 'a link that was withdrawn');
  assertNoComplaints(team);
  // The browser notes that the form with nothing ticked was refused.
  const refusals = client.complaints.filter((complaint) => complaint.includes('status of 422'));
  assert.equal(refusals.length, 1);
  assert.deepEqual(client.complaints, refusals);
});

test('reconnect links for many accounts are mailed from the list', async () => {
  const sandbox = new Sandbox(mooring.sandboxUrl);
  const team = await browser.person(mooring.url);
  const { page } = team;
  await signUp(page, { url: mooring.url, sandbox, email: 'kit@quayside.example', name: 'Kit Sorensen' });
  await createWorkspace(page, 'Quayside');
  await agreeAtMeta(page, { login: 'Facebook', person: 'Tomas Beck' });
  await chooseAll(page, 'tomas@beck.example');
  await accountRow(page, '@kiteandcurrent').getByText('Healthy').waitFor();
  await sandbox.revokePerson('Tomas Beck');
  const send = page.getByRole('button', { name: 'Mail reconnect links' });
  await send.waitFor({ timeout: NOTICED_WITHIN_MS });
  await accountRow(page, '@kiteandcurrent')
    .getByText('Needs reconnect')
    .waitFor({ timeout: NOTICED_WITHIN_MS });
  await page.getByText('Needs reconnect').nth(3).waitFor({ timeout: NOTICED_WITHIN_MS });
  await send.click();
  const dialog = page.getByRole('dialog', { name: 'Mail reconnect links' });
  await dialog.getByRole('checkbox').nth(3).waitFor();
  await dialog.getByRole('checkbox', { name: /@pocket/ }).uncheck();
  await assertAccessible(page, 'the question before mailing links');
  await look(page, 'mail-links');
  await dialog.getByRole('button', { name: 'Mail links for 3 accounts' }).click();
  await dialog.getByText('1 mail is on the way').waitFor();
  await assertAccessible(page, 'what became of mailing links');
  await dialog.getByRole('button', { name: 'Close' }).click();
  await dialog.waitFor({ state: 'detached' });
  assertNoComplaints(team);
});
