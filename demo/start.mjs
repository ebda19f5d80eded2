import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Program } from './program.mjs';

export const root = fileURLToPath(new URL('..', import.meta.url));

const HEALTH_WITHIN_MS = 60_000;

/** The ids and secrets that the sandbox knows by default. */
const SANDBOX_APPS = {
  FACEBOOK_APP_ID: '1029384756',
  FACEBOOK_APP_SECRET: 'sandbox-facebook-app-secret',
  INSTAGRAM_APP_ID: '5647382910',
  INSTAGRAM_APP_SECRET: 'sandbox-instagram-app-secret',
};

/**
 * Starts sandbox, api and worker on this machine, each once the one before it answers.
 *
 * `ports` may hold 0 for sandbox and smtp, which pick their own; the api's port must be named, since
 * links and redirects begin with it. Returns the addresses, the programs and `stop`. When one of them
 * does not come up, the others are stopped before the error is thrown.
 */
export async function startMooring({ ports, dataDir, databaseUrl, secrets, binDir, settings = {}, say = () => {}, onStart = () => {} }) {
  const logDir = path.join(dataDir, 'logs');
  mkdirSync(logDir, { recursive: true });
  const bin = path.resolve(root, binDir ?? process.env.MOORING_BIN ?? 'target/debug');
  const programs = [];
  const launch = (name, command, args, options) => {
    const logFile = path.join(logDir, `${name}.log`);
    const program = new Program(name, path.join(bin, command), args, { cwd: root, logFile, ...options });
    programs.push(program);
    return program;
  };
  // Ended in the opposite order: nobody loses what it still needs.
  const stop = async () => {
    for (const program of programs.toReversed()) await program.stop();
  };

  onStart({ programs, stop });

  try {
    say('Starting the sandbox of Meta');
    const sandbox = launch(
      'sandbox',
      'mooring-sandbox',
      ['--listen', `127.0.0.1:${ports.sandbox}`, '--smtp-listen', `127.0.0.1:${ports.smtp}`],
      { env: { ...process.env, SANDBOX_STATE_FILE: path.join(dataDir, 'sandbox.json') }, readsOutput: true },
    );
    const { http, smtp } = JSON.parse(await sandbox.firstLine());
    const sandboxUrl = `http://${http}`;

    const url = `http://127.0.0.1:${ports.api}`;
    const env = {
      ...process.env,
      ...apiEnvironment({ url, port: ports.api, sandboxUrl, smtp, databaseUrl, secrets }),
      ...settings,
    };

    say('Starting the api');
    const api = launch('api', 'mooring-api', [], { env });
    await api.orDeath(healthy(url));

    say('Starting the worker');
    launch('worker', 'mooring-worker', ['run'], { env });
    return { url, sandboxUrl, programs, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function apiEnvironment({ url, port, sandboxUrl, smtp, databaseUrl, secrets }) {
  const { AUTH_SECRET, TOKEN_KEYS, TOKEN_ACTIVE_KEY, CRON_SECRET } = secrets;
  return {
    MOORING_DEVELOPMENT: 'true',
    PUBLIC_URL: url,
    API_LISTEN: `127.0.0.1:${port}`,
    DATABASE_URL: databaseUrl,
    AUTH_SECRET,
    TOKEN_KEYS,
    TOKEN_ACTIVE_KEY,
    CRON_SECRET,
    SMTP_URL: `smtp://${smtp}`,
    MAIL_FROM: 'Mooring <no-reply@mooring.example>',
    ...SANDBOX_APPS,
    FACEBOOK_DIALOG_URL: `${sandboxUrl}/www.facebook.com`,
    FACEBOOK_GRAPH_URL: `${sandboxUrl}/graph.facebook.com`,
    INSTAGRAM_DIALOG_URL: `${sandboxUrl}/www.instagram.com`,
    INSTAGRAM_API_URL: `${sandboxUrl}/api.instagram.com`,
    INSTAGRAM_GRAPH_URL: `${sandboxUrl}/graph.instagram.com`,
  };
}

async function healthy(url) {
  await until(HEALTH_WITHIN_MS, `the api did not answer at ${url}/api/health`, async () => {
    const answer = await fetch(`${url}/api/health`).catch(() => undefined);
    return answer?.status === 200;
  });
}

/** Asks again and again until there is an answer; fails with `what` when time is up. */
export async function until(withinMs, what, ask, everyMs = 200) {
  const end = Date.now() + withinMs;
  for (;;) {
    const answer = await ask();
    if (answer) return answer;
    if (Date.now() > end) throw new Error(`${what} within ${withinMs / 1000} s`);
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}
