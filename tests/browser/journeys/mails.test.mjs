import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { assertAccessible } from '../support/accessible.mjs';
import { openBrowser } from '../support/browser.mjs';

const root = fileURLToPath(new URL('../../../', import.meta.url));
/** The pictures, for a person to judge. */
const pictures = `${root}target/mails/`;

let browser;
let letters;

before(async () => {
  const command = ['run', '--quiet', '--locked', '-p', 'mail', '--example', 'letters'];
  const { stdout } = await promisify(execFile)('cargo', command, { cwd: root, maxBuffer: 64 * 1024 * 1024 });
  letters = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  await mkdir(pictures, { recursive: true });
  browser = await openBrowser();
});

after(() => browser?.close());

test('every mail can be read, on a phone too, and loads nothing', async () => {
  assert.ok(letters.length > 25, `${letters.length} mails`);
  const { page, context } = await browser.person('about:');
  const requests = [];
  context.on('request', (request) => requests.push(request.url()));
  for (const { name, subject, html, plain } of letters) {
    await page.setContent(html);
    await assertAccessible(page, name);
    assert.equal(await page.title(), subject);
    await picturesOf(page, name);
    await writeFile(`${pictures}${name}.txt`, `Subject: ${subject}\n\n${plain}`);
    for (const link of await page.getByRole('link').evaluateAll((all) => all.map(({ href }) => href))) {
      assert.ok(plain.includes(link), `${name}: ${link} is not in the plain text`);
    }
  }
  assert.deepEqual(requests, []);
  await writeFile(`${pictures}index.html`, contents());
});

async function picturesOf(page, name) {
  const before = page.viewportSize();
  for (const [device, width] of [
    ['desktop', 760],
    ['phone', 375],
  ]) {
    await page.setViewportSize({ width, height: 700 });
    await page.screenshot({ path: `${pictures}${name}-${device}.png`, fullPage: true });
  }
  await page.setViewportSize(before);
}

/** All pictures on one page. */
function contents() {
  const rows = letters.map(
    ({ name }) =>
      `<h2>${name}</h2><img src="${name}-desktop.png" alt=""> <img src="${name}-phone.png" alt=""> <a href="${name}.txt">plain text</a>`,
  );
  return `<!doctype html><meta charset="utf-8"><title>Mails</title>${rows.join('\n')}\n`;
}
