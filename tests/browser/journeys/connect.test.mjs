import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { assertAccessible } from '../support/accessible.mjs';
import { assertNoComplaints, openBrowser } from '../support/browser.mjs';
import { startInstallation } from '../support/installation.mjs';
import { Sandbox } from '../support/sandbox.mjs';
import { picture } from '../support/screenshots.mjs';
import {
  accountRow,
  agreeAtMeta,
  chartDrawn,
  chooseAll,
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

test('from signing up to a chart with numbers, through the login of Facebook', async () => {
  const person = await browser.person(mooring.url);
  const { page } = person;
  const sandbox = new Sandbox(mooring.sandboxUrl);

  await signUp(page, {
    url: mooring.url,
    sandbox,
    email: 'team@northlight.example',
    name: 'Team Northlight',
  });
  await createWorkspace(page, 'Northlight Agency');

  await agreeAtMeta(page, { login: 'Facebook', person: 'Nora Lindqvist' });
  await page.getByRole('heading', { name: 'Cannot be chosen' }).waitFor();
  await chooseAll(page, 'nora@lindqvist.example');

  await accountRow(page, '@harbour.bakery').getByText('Healthy').waitFor();
  const rows = await page.getByRole('rowheader').count();
  assert.ok(rows >= 7, `all accounts of the portfolio are listed, not only ${rows}`);

  await page.getByRole('searchbox', { name: 'Search accounts' }).fill('copper');
  await accountRow(page, '@harbour.bakery').waitFor({ state: 'detached' });
  await accountRow(page, '@copperkettle.coffee').waitFor();
  await page.getByRole('searchbox', { name: 'Search accounts' }).fill('');
  await accountRow(page, '@harbour.bakery').waitFor();

  await openAccount(page, '@harbour.bakery');
  await chartDrawn(page);
  const chart = page.getByRole('slider', { name: /^Reach, day by day/ });
  assert.match(await chart.getAttribute('aria-label'), /\d+ of 30 days have a value/);
  await picture(page, 'account', { height: 1500 });
  await mediaWithFigures(page);

  await page.getByText('Show as a table').click();
  await page.getByRole('columnheader', { name: 'Day of Meta' }).waitFor();

  await page.getByRole('navigation', { name: 'Workspace' }).getByRole('link', { name: 'Accounts' }).click();
  await accountRow(page, '@harbour.bakery').getByRole('time').waitFor();
  await picture(page, 'dashboard');
  assertNoComplaints(person);
});

/** Posts, reels and stories of the open account, and how they are looked through with a mouse and without. */
async function mediaWithFigures(page) {
  const media = page.getByRole('region', { name: 'Media' });
  await media.getByRole('listitem').first().waitFor({ timeout: 90_000 });

  await media.getByText('Stories', { exact: true }).click();
  const story = media.getByRole('listitem').filter({ hasText: 'Its figures are read again until it ends.' });
  await story.first().getByText('Up', { exact: true }).waitFor();

  await media.getByText('Reels', { exact: true }).click();
  const reel = media.getByRole('listitem').filter({ hasText: 'Reel ·' });
  await reel.first().getByText('Average watch time').waitFor({ timeout: 90_000 });
  await story.first().waitFor({ state: 'detached' });
  await media.getByRole('combobox', { name: 'Order of media' }).selectOption('VIEWS');
  await reel.first().waitFor();

  await reel.first().locator('summary').focus();
  await page.keyboard.press('Enter');
  await reel.first().getByText('Skip rate').waitFor();
  await assertAccessible(page, 'the media of an account');
}

test('a session lives through a reload and ends with signing out', async () => {
  const person = await browser.person(mooring.url);
  const { page } = person;
  const sandbox = new Sandbox(mooring.sandboxUrl);
  await signUp(page, { url: mooring.url, sandbox, email: 'sam@quayside.example', name: 'Sam Okoro' });
  await createWorkspace(page, 'Quayside');

  await page.reload();
  await heading(page, 'Accounts').waitFor();
  assert.deepEqual(
    await page.evaluate(() => [localStorage.length, document.cookie]),
    [0, ''],
    'scripts can read no part of the session',
  );

  await page.getByRole('button', { name: 'Sign out' }).click();
  await heading(page, 'Sign in').waitFor();
  await page.goto(mooring.url);
  await heading(page, 'Sign in').waitFor();
  assertNoComplaints(person);
});
