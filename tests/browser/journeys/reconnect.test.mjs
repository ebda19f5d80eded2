import { after, before, test } from 'node:test';
import { assertNoComplaints, openBrowser } from '../support/browser.mjs';
import { startInstallation } from '../support/installation.mjs';
import { Sandbox } from '../support/sandbox.mjs';
import {
  accountRow,
  agreeAtMeta,
  chooseAll,
  continueDialog,
  createWorkspace,
  heading,
  signUp,
} from '../support/steps.mjs';

const OWNER = 'tomas@beck.example';
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

test('access is revoked, its owner repairs it from the mail, and the team sees it healthy again', async () => {
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
  await agreeAtMeta(page, { login: 'Facebook', person: 'Tomas Beck' });
  await chooseAll(page, OWNER);
  await accountRow(page, '@kiteandcurrent').getByText('Healthy').waitFor();

  await sandbox.revokePerson('Tomas Beck');
  const banner = page.getByRole('region', { name: 'Accounts that need a person' });
  await banner.waitFor({ timeout: NOTICED_WITHIN_MS });
  await accountRow(page, '@kiteandcurrent')
    .getByText('Needs reconnect')
    .waitFor({ timeout: NOTICED_WITHIN_MS });

  const mail = await sandbox.mailWithLink(OWNER, '/reconnect/');
  const owner = await browser.person(mooring.url);
  await owner.page.goto(`${mooring.sandboxUrl}/inbox/${mail.id}`);
  await owner.page.getByRole('link', { name: mail.link }).first().click();
  await owner.page.getByText('Northlight Agency').first().waitFor();
  await owner.page.getByRole('button').click();
  await continueDialog(owner.page, 'Tomas Beck');
  await heading(owner.page, 'Thank you, it works again').waitFor();

  await banner.waitFor({ state: 'hidden', timeout: NOTICED_WITHIN_MS });
  await accountRow(page, '@kiteandcurrent').getByText('Healthy').waitFor();
  await page.getByRole('navigation', { name: 'Workspace' }).getByRole('link', { name: 'Incidents' }).click();
  await page.getByRole('heading', { name: 'Nothing needs a person' }).waitFor();
  await page.getByText('Closed', { exact: true }).first().click();
  await page.getByRole('link', { name: '@kiteandcurrent' }).waitFor();

  assertNoComplaints(team);
  assertNoComplaints(owner);
});
