import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';

const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
const SCHEMES = ['light', 'dark'];
const PHONE = { width: 375, height: 740 };

/** Checks the page as it stands: axe in both colour schemes, and on a phone nothing that must be scrolled sideways. */
export async function assertAccessible(page, name) {
  const before = page.viewportSize();
  // Without motion, so that no colour is measured on its way.
  await page.emulateMedia({ reducedMotion: 'reduce' });
  for (const colorScheme of SCHEMES) {
    await page.emulateMedia({ colorScheme });
    assert.deepEqual(await violations(page), [], `axe on ${name}, ${colorScheme}`);
  }
  await page.setViewportSize(PHONE);
  assert.deepEqual(await violations(page), [], `axe on ${name}, phone`);
  const tooWide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  assert.ok(tooWide <= 0, `${name} is ${tooWide}px wider than a phone`);
  await page.setViewportSize(before);
  await page.emulateMedia({ colorScheme: null, reducedMotion: null });
}

async function violations(page) {
  // Through the debugger, which the page's content security policy does not bind.
  await page.evaluate(`${axe};0`);
  const found = await page.evaluate((tags) => window.axe.run({ runOnly: tags }), TAGS);
  return found.violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(
      ({ id, help, nodes }) =>
        `${id}: ${help} (${nodes.map((node) => `${node.target.join(' ')}: ${node.failureSummary}`).join(', ')})`,
    );
}
