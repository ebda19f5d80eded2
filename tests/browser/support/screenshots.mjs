import { fileURLToPath } from 'node:url';

const docs = fileURLToPath(new URL('../../../docs/', import.meta.url));

/** Writes a picture for the documentation, only when asked to: pictures differ on every machine. */
export async function picture(page, name, { height = 900 } = {}) {
  if (!process.env.UPDATE_SCREENSHOTS) return;
  const before = page.viewportSize();
  await page.setViewportSize({ ...before, height });
  for (const toast of await page.getByRole('button', { name: 'Dismiss message' }).all()) await toast.click();
  await page.waitForLoadState('networkidle');
  await page.screenshot({ path: `${docs}${name}.png` });
  await page.setViewportSize(before);
}

/** Writes how a page looks, light, dark and on a phone, into the folder that LOOK_AT names; nothing without it. */
export async function look(page, name) {
  const folder = process.env.LOOK_AT;
  if (!folder) return;
  const before = page.viewportSize();
  for (const [kind, colorScheme, viewport] of [
    ['light', 'light', before],
    ['dark', 'dark', before],
    ['phone', 'light', { width: 375, height: 740 }],
  ]) {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize(viewport);
    await page.screenshot({ path: `${folder}/${name}-${kind}.png`, fullPage: true });
  }
  await page.setViewportSize(before);
  await page.emulateMedia({ colorScheme: null });
}
