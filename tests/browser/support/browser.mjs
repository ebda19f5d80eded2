import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { chromium } from 'playwright-core';

const ACTION_WITHIN_MS = 15_000;

/** A real Chromium with an empty profile. */
export async function openBrowser() {
  const home = await mkdtemp(path.join(os.tmpdir(), 'mooring-chromium-'));
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
    env: { ...process.env, HOME: home },
  });
  return {
    /** A person of their own: no cookies, no history. Only `ownUrl` is watched, not the pages of the sandbox. */
    async person(ownUrl, options = {}) {
      const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
      context.setDefaultTimeout(ACTION_WITHIN_MS);
      const page = await context.newPage();
      return { context, page, complaints: watch(context, ownUrl) };
    },
    async close() {
      await browser.close();
      await rm(home, { recursive: true, force: true });
    },
  };
}

/** Collects what the browser complains about: errors, warnings, breaches of the content security policy. */
function watch(context, ownUrl) {
  const complaints = [];
  context.on('console', (message) => {
    const { url } = message.location();
    const ours = url.startsWith(ownUrl) || (url === '' && message.page()?.url().startsWith(ownUrl));
    if (ours && ['error', 'warning'].includes(message.type())) {
      complaints.push(`${message.type()} at ${url}: ${message.text()}`);
    }
  });
  context.on('weberror', (error) => complaints.push(`uncaught: ${error.error().message}`));
  return complaints;
}

export function assertNoComplaints({ complaints }) {
  assert.deepEqual(complaints, [], 'the browser complained');
}
