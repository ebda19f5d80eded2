import { fileURLToPath } from 'node:url';

const docs = fileURLToPath(new URL('../../../docs/', import.meta.url));

/** Writes a picture for the documentation, only when asked to: pictures differ on every machine. */
export async function picture(page, name) {
  if (!process.env.UPDATE_SCREENSHOTS) return;
  await page.waitForLoadState('networkidle');
  await page.screenshot({ path: `${docs}${name}.png` });
}
