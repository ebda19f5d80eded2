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
