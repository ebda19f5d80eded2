/** What people do in the journeys, in their words. */

const PASSWORD = 'four quiet boats at anchor';

export const heading = (page, name) => page.getByRole('heading', { level: 1, name });

/** From nothing to a signed-in person who is asked to name a workspace. */
export async function signUp(page, { url, sandbox, email, name }) {
  await page.goto(url);
  await page.getByRole('link', { name: 'Create an account' }).click();
  await page.getByLabel('Your name').fill(name);
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Create account' }).click();
  await heading(page, 'Check your mail').waitFor();

  const { link } = await sandbox.mailWithLink(email, '/confirm');
  await page.goto(link);
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Confirm my address' }).click();
}

export async function createWorkspace(page, name) {
  await heading(page, 'Name your workspace').waitFor();
  await page.getByLabel('Workspace name').fill(name);
  await page.getByRole('button', { name: 'Create workspace' }).click();
  await page.getByRole('heading', { name: 'No account is moored here yet' }).waitFor();
}

/** From the account list to the chooser, through the dialog of the named login. */
export async function agreeAtMeta(page, { login, person }) {
  await page.getByRole('navigation', { name: 'Workspace' }).getByRole('link', { name: 'Connect' }).click();
  await page.getByRole('button', { name: `Continue with ${login}` }).click();
  await continueDialog(page, person);
  await heading(page, 'Choose accounts').waitFor();
}

/** In the dialog of the sandbox: log in as this person and agree to everything. */
export async function continueDialog(page, person) {
  await page.getByRole('radio', { name: new RegExp(`^${person}`) }).check();
  await page.getByRole('button', { name: /^(Continue|Allow)$/ }).click();
}

/** Chooses all that the chooser offers and returns to the list. */
export async function chooseAll(page, contactEmail) {
  await page.getByRole('checkbox').first().waitFor();
  const all = page.getByRole('checkbox', { name: 'Select all' });
  // A login with one account offers no "Select all".
  if (await all.count()) await all.check();
  else await page.getByRole('checkbox').check();
  await page.getByLabel('Contact e-mail').fill(contactEmail);
  await page.getByRole('button', { name: /^Connect \d+ accounts?$/ }).click();
  await heading(page, 'Accounts').waitFor();
}

export const accountRow = (page, handle) =>
  page.getByRole('row').filter({ has: page.getByRole('rowheader', { name: handle }) });

export async function openAccount(page, handle) {
  await page.getByRole('link', { name: handle }).first().click();
  await heading(page, handle).waitFor();
}

/** Waits until the chart of the open account draws a line. */
export async function chartDrawn(page) {
  await page.getByTestId('final').first().waitFor({ timeout: 90_000 });
}
