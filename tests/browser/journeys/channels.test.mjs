import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { assertAccessible } from '../support/accessible.mjs';
import { assertNoComplaints, openBrowser } from '../support/browser.mjs';
import { startInstallation } from '../support/installation.mjs';
import { startReceiver } from '../support/receiver.mjs';
import { Sandbox } from '../support/sandbox.mjs';
import { createWorkspace, heading, signUp } from '../support/steps.mjs';

const DELIVERED_WITHIN_MS = 30_000;

let mooring;
let browser;
let receiver;

before(async () => {
  receiver = await startReceiver();
  mooring = await startInstallation({ WEBHOOKS_ALLOW_PRIVATE: 'true' });
  browser = await openBrowser();
});
after(async () => {
  await browser?.close();
  await mooring?.stop();
  await receiver?.stop();
});

test('a webhook is added, tried out, seen failing, sent again and deleted', async () => {
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

  await page.getByRole('navigation', { name: 'Workspace' }).getByRole('link', { name: 'Channels' }).click();
  await page.getByRole('heading', { name: 'No channel yet' }).waitFor();
  await assertAccessible(page, 'no channel yet');
  await page.getByRole('button', { name: 'Add channel' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.waitFor();
  await assertAccessible(page, 'adding a channel');
  await dialog.getByText('Webhook', { exact: true }).click();
  await dialog.getByLabel('Name').fill('Our CRM');
  await dialog.getByLabel('Address').fill('ftp://crm.example/');
  await dialog.getByRole('button', { name: 'Add channel' }).click();
  await dialog.getByText('The address has to begin with https://.').waitFor();
  await dialog.getByLabel('Address').fill(receiver.url);
  await dialog.getByRole('button', { name: 'Add channel' }).click();

  const secret = page.getByRole('textbox', { name: 'Signing secret' });
  await secret.waitFor();
  assert.match(await secret.inputValue(), /^whsec_[\w-]{43}$/);
  await assertAccessible(page, 'the signing secret');
  await page.getByRole('button', { name: 'I have copied it' }).click();
  await heading(page, 'Our CRM').waitFor();
  assert.ok(!(await page.content()).includes('a-secret-path'), 'the address is masked');

  await page.getByRole('button', { name: 'Send test event' }).click();
  const log = page.getByRole('region', { name: 'Deliveries' });
  await log.getByText('Delivered').waitFor({ timeout: DELIVERED_WITHIN_MS });
  assert.equal(receiver.arrived.length, 1);
  assert.equal(receiver.arrived[0].event.type, 'channel.test');
  await log.getByText('Details').click();
  await log.getByText('<b>noted</b>').waitFor();
  assert.equal(await page.evaluate(() => window.broken), undefined, 'the answer is shown, never carried out');
  await assertAccessible(page, 'a channel with its log');

  receiver.status = 410;
  await page.getByRole('button', { name: 'Send test event' }).click();
  await page
    .getByText('Switched off: the receiver answered that it is gone for good')
    .waitFor({ timeout: DELIVERED_WITHIN_MS });
  await log.getByText('Given up', { exact: true }).last().waitFor();
  await assertAccessible(page, 'a channel that is gone');
  receiver.status = 200;
  await page.getByRole('button', { name: 'Switch on' }).click();
  await log.getByRole('button', { name: 'Send again' }).first().click();
  await log.locator('li').first().getByText('Delivered').waitFor({ timeout: DELIVERED_WITHIN_MS });
  const ids = receiver.arrived.map(({ headers }) => headers['mooring-event-id']);
  assert.equal(ids[2], ids[1], 'the same event under the same id');

  await page.getByRole('button', { name: 'Delete' }).click();
  await page.getByRole('button', { name: 'Delete channel' }).click();
  await page.getByRole('heading', { name: 'No channel yet' }).waitFor();
  assertNoComplaints(person);
});
