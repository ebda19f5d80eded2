import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { pickFreePort } from '../../../demo/ports.mjs';
import { describeEnd } from '../../../demo/program.mjs';
import { newSecrets } from '../../../demo/secrets.mjs';
import { startMooring } from '../../../demo/start.mjs';

/** Everything that waits for a slot comes within seconds, so that nobody has to wait for an hour. */
const QUICK = {
  CRON_COLLECT_INSIGHTS: '*/5 * * * * *',
  CRON_CHECK_TOKENS: '*/5 * * * * *',
  SPREAD_SECONDS: '0',
  WORKER_POLL_MILLISECONDS: '100',
};

/**
 * The real programs on free ports with an empty database: a SQLite file, or a database of its own on the
 * PostgreSQL server that DATABASE_URL names. `settings` come on top of the usual ones.
 */
export async function startInstallation(settings = {}) {
  const dataDir = await mkdtemp(path.join(os.tmpdir(), 'mooring-browser-'));
  const database = await emptyDatabase(dataDir);
  const mooring = await startOnFreePort({
    dataDir,
    databaseUrl: database.url,
    secrets: newSecrets(),
    settings: { ...QUICK, ...settings },
  });

  return {
    url: mooring.url,
    sandboxUrl: mooring.sandboxUrl,
    /** Ends everything; fails when one of the programs had ended before. */
    async stop() {
      const dead = mooring.programs.find((program) => program.ended);
      await mooring.stop();
      await database.drop();
      if (dead) throw new Error(describeEnd(dead, dead.ended));
      if (!process.env.KEEP_DATA) await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/**
 * The api's own address stands in links and redirects, so its port must be known beforehand, and somebody
 * else may be faster to take it: then with another one.
 */
async function startOnFreePort(options, attempts = 5) {
  try {
    return await startMooring({ ...options, ports: { api: await pickFreePort(), sandbox: 0, smtp: 0 } });
  } catch (error) {
    if (attempts === 1 || !error.message.includes('API_LISTEN changes the address')) throw error;
    return startOnFreePort(options, attempts - 1);
  }
}

async function emptyDatabase(dataDir) {
  const server = process.env.DATABASE_URL;
  if (!server?.startsWith('postgres')) {
    return { url: `sqlite://${path.join(dataDir, 'mooring.db')}`, drop: async () => {} };
  }
  const name = `mooring_browser_${randomBytes(6).toString('hex')}`;
  const psql = (command) => promisify(execFile)('psql', [server, '-v', 'ON_ERROR_STOP=1', '-qc', command]);
  await psql(`CREATE DATABASE ${name}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => psql(`DROP DATABASE ${name} WITH (FORCE)`) };
}
