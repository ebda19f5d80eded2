import { after, before, test } from 'node:test';
import { assertAccessible } from '../support/accessible.mjs';
import { assertNoComplaints, openBrowser } from '../support/browser.mjs';
import { startInstallation } from '../support/installation.mjs';
import { Sandbox } from '../support/sandbox.mjs';
import {
  agreeAtMeta,
  chartDrawn,
  chooseAll,
  continueDialog,
  createWorkspace,
  heading,
  openAccount,
  signUp,
} from '../support/steps.mjs';

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

test('the pages before signing in', async () => {
  const person = await browser.person(mooring.url);
  const { page } = person;
  const pages = [
    ['/sign-in', 'Sign in'],
    ['/sign-up', 'Create your account'],
    ['/check-mail', 'Check your mail'],
    ['/confirm#token=none', 'Confirm your address'],
    ['/connect/failed?reason=access_denied', 'Nothing was connected'],
    ['/nowhere', 'There is nothing here'],
    ['/deletion', 'Deletion of your data'],
  ];
  for (const [path, title] of pages) {
    await page.goto(mooring.url + path);
    await heading(page, title).waitFor();
    await assertAccessible(page, path);
  }
  await page.goto(`${mooring.url}/confirm#token=none`);
  await page.getByLabel('Password').fill('four quiet boats at anchor');
  await page.getByRole('button', { name: 'Confirm my address' }).click();
  await heading(page, 'This link does not work').waitFor();
  await assertAccessible(page, 'a link to confirm that is none');
  assertNoComplaints(person);
});

test('the dashboard', async () => {
  const person = await browser.person(mooring.url);
  const { page } = person;
  const sandbox = new Sandbox(mooring.sandboxUrl);
  await signUp(page, {
    url: mooring.url,
    sandbox,
    email: 'team@northlight.example',
    name: 'Team Northlight',
  });
  await heading(page, 'Name your workspace').waitFor();
  await assertAccessible(page, 'creating a workspace');
  await createWorkspace(page, 'Northlight Agency');
  await assertAccessible(page, 'no accounts yet');

  await page.getByRole('link', { name: 'Connect your first accounts' }).click();
  await page.getByRole('button', { name: 'Continue with Facebook' }).waitFor();
  await assertAccessible(page, 'connecting');

  await agreeAtMeta(page, { login: 'Facebook', person: 'Ida Falk' });
  await page.getByText('This login holds no account').waitFor();
  await assertAccessible(page, 'the chooser without a choice');
  await page.getByRole('button', { name: 'Log in as somebody else' }).click();
  await continueDialog(page, 'Tomas Beck');
  await page.getByRole('checkbox').first().waitFor();
  await assertAccessible(page, 'the chooser');
  await chooseAll(page, 'tomas@beck.example');
  await page.getByRole('row').nth(1).waitFor();
  await assertAccessible(page, 'the accounts');

  await openAccount(page, '@alpenglow.hostel');
  await chartDrawn(page);
  await assertAccessible(page, 'one account');
  await page.getByText('Show as a table').click();
  await page.getByRole('table', { name: / by day$/ }).waitFor();
  await assertAccessible(page, 'numbers as a table');
  for (const tab of ['Incidents', 'Reconnect links', 'Runs', 'Token renewals']) {
    await page.getByRole('tab', { name: tab }).click();
    await page.getByRole('status', { name: 'Loading' }).waitFor({ state: 'detached' });
    await assertAccessible(page, `the tab ${tab}`);
  }
  await page.getByRole('button', { name: 'Disconnect' }).click();
  await page.getByRole('dialog').waitFor();
  await assertAccessible(page, 'the question before disconnecting');
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });

  await page.getByRole('navigation', { name: 'Workspace' }).getByRole('link', { name: 'Incidents' }).click();
  await page.getByRole('heading', { name: 'Nothing needs a person' }).waitFor();
  await assertAccessible(page, 'the incidents');
  assertNoComplaints(person);
});

test('the page behind a reconnect link', async () => {
  const sandbox = new Sandbox(mooring.sandboxUrl);
  await sandbox.revokePerson('Tomas Beck');
  const { link } = await sandbox.mailWithLink('tomas@beck.example', '/reconnect/');
  const person = await browser.person(mooring.url);
  await person.page.goto(link);
  await person.page.getByRole('button').waitFor();
  await assertAccessible(person.page, 'the reconnect page');
  assertNoComplaints(person);
});

test('the keyboard alone leads to an account', async () => {
  const person = await browser.person(mooring.url);
  const { page } = person;
  const sandbox = new Sandbox(mooring.sandboxUrl);
  await signUp(page, { url: mooring.url, sandbox, email: 'kit@northlight.example', name: 'Kit Sorensen' });
  await createWorkspace(page, 'By Keyboard');
  await page.reload();
  await page.getByRole('link', { name: 'Connect your first accounts' }).waitFor();

  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  // The new page takes the focus at its heading.
  await page.waitForFunction(() => document.activeElement?.textContent === 'Connect accounts');
  assertNoComplaints(person);
});
