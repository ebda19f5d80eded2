import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { assertAccessible } from '../support/accessible.mjs';
import { assertNoComplaints, openBrowser } from '../support/browser.mjs';
import { startInstallation } from '../support/installation.mjs';
import { Sandbox } from '../support/sandbox.mjs';
import { agreeAtMeta, chooseAll, createWorkspace, heading, signUp } from '../support/steps.mjs';

const OLGA = 'olga@mooring.example';

let mooring;
let browser;

before(async () => {
  mooring = await startInstallation({ OPERATOR_EMAILS: OLGA });
  browser = await openBrowser();
});
after(async () => {
  await browser?.close();
  await mooring?.stop();
});

test('an operator finds the installation on one page and changes the monitor', async () => {
  const person = await browser.person(mooring.url);
  const { page } = person;
  const sandbox = new Sandbox(mooring.sandboxUrl);
  await signUp(page, { url: mooring.url, sandbox, email: OLGA, name: 'Olga Brandt' });
  await createWorkspace(page, 'Northlight Agency');
  await agreeAtMeta(page, { login: 'Facebook', person: 'Tomas Beck' });
  await chooseAll(page, 'tomas@beck.example');

  await page.getByRole('link', { name: 'Operator' }).click();
  await heading(page, 'Operator').waitFor();
  await page.getByRole('row').filter({ hasText: 'Collect insights' }).waitFor();
  await page.getByText('No work was set aside').waitFor();
  await assertAccessible(page, 'the operator page');

  const minutes = page.getByLabel('Minutes between checks');
  await minutes.fill('60');
  await page.getByLabel('Checks at once').fill('4');
  await page.getByRole('checkbox', { name: /Auto-heal/ }).uncheck();
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('The monitor is changed.').waitFor();
  await page.reload();
  await heading(page, 'Operator').waitFor();
  assert.equal(await minutes.inputValue(), '60');
  assert.equal(await page.getByLabel('Checks at once').inputValue(), '4');
  assert.equal(await page.getByRole('checkbox', { name: /Auto-heal/ }).isChecked(), false);
  assertNoComplaints(person);
});

test('for everybody else there is no such page', async () => {
  const person = await browser.person(mooring.url);
  const { page } = person;
  const sandbox = new Sandbox(mooring.sandboxUrl);
  await signUp(page, { url: mooring.url, sandbox, email: 'kit@northlight.example', name: 'Kit Sorensen' });
  await createWorkspace(page, 'By Keyboard');
  assert.equal(await page.getByRole('link', { name: 'Operator' }).count(), 0);
  await page.goto(`${mooring.url}/operator`);
  await heading(page, 'There is nothing here').waitFor();
  assertNoComplaints(person);
});
