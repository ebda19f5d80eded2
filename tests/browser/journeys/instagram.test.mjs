import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { assertNoComplaints, openBrowser } from '../support/browser.mjs';
import { startInstallation } from '../support/installation.mjs';
import { Sandbox } from '../support/sandbox.mjs';
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

test('one account through the login of Instagram, and a refusal before it', async () => {
  const sandbox = new Sandbox(mooring.sandboxUrl);
  const person = await browser.person(mooring.url);
  const { page } = person;
  await signUp(page, { url: mooring.url, sandbox, email: 'ines@meridian.example', name: 'Ines Marchetti' });
  await createWorkspace(page, 'Studio Meridian');

  await page.getByRole('link', { name: 'Connect your first accounts' }).click();
  await page.getByRole('button', { name: 'Continue with Instagram' }).click();
  await page.getByRole('button', { name: 'Cancel' }).click();
  await heading(page, 'Nothing was connected').waitFor();
  await page.getByRole('link', { name: 'Try again' }).click();

  await agreeAtMeta(page, { login: 'Instagram', person: 'Studio Meridian' });
  await chooseAll(page, 'ines@meridian.example');
  const row = accountRow(page, '@studio.meridian');
  await row.getByText('Healthy').waitFor();
  assert.match(await row.textContent(), /Instagram Login/);

  await openAccount(page, '@studio.meridian');
  await chartDrawn(page);
  await page.getByRole('heading', { name: 'Age and gender' }).waitFor({ timeout: 60_000 });
  assertNoComplaints(person);
});
