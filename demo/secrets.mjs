import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';

/** Reads the file of secrets, or makes it on the first run. Only its owner may read it. */
export function demoSecrets(file) {
  let text;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
    text = Object.entries(newSecrets())
      .map(([name, value]) => `${name}=${value}\n`)
      .join('');
    writeFileSync(file, text, { mode: 0o600 });
  }
  return parse(text);
}

export function newSecrets() {
  return {
    AUTH_SECRET: randomBytes(32).toString('base64'),
    TOKEN_KEYS: `k1:${randomBytes(32).toString('base64')}`,
    TOKEN_ACTIVE_KEY: 'k1',
    CRON_SECRET: randomBytes(24).toString('base64url'),
    DEMO_PASSWORD: randomBytes(12).toString('base64url'),
  };
}

function parse(text) {
  const pairs = text
    .split('\n')
    .filter((line) => line.includes('=') && !line.startsWith('#'))
    .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]);
  return Object.fromEntries(pairs);
}
