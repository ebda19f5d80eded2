#!/usr/bin/env node
/** `make run`: the whole of Mooring on this machine, with a sandbox in place of Meta and of the mail server. */
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { demoPorts } from './ports.mjs';
import { describeEnd } from './program.mjs';
import { demoSecrets } from './secrets.mjs';
import { DEMO_EMAIL, historyFetched, seed } from './seed.mjs';
import { root, startMooring } from './start.mjs';

const HISTORY_WITHIN_MS = 120_000;
const dataDir = path.join(root, 'data');
const terminal = process.stdout.isTTY;

let mooring;
let ending = false;

/** Stops everything once, whoever asks first. */
async function end(code, message) {
  if (ending) return;
  ending = true;
  if (message) console.error(`\n${message}`);
  if (mooring) {
    console.log('\nStopping worker, api and sandbox.');
    await mooring.stop();
  }
  process.exit(code);
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => void end(0));
}
// A closed terminal must not keep the programs from being stopped.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});

try {
  const ports = await demoPorts(process.env);
  mkdirSync(dataDir, { recursive: true });
  const secrets = demoSecrets(path.join(dataDir, 'demo.env'));
  mooring = await startMooring({
    ports,
    dataDir,
    secrets,
    databaseUrl: process.env.DATABASE_URL ?? 'sqlite://data/mooring.db',
    // So that the operator page can be looked at, too.
    settings: { OPERATOR_EMAILS: process.env.OPERATOR_EMAILS ?? DEMO_EMAIL },
    say,
    // Known before all of them are up, so that Ctrl-C during the start ends those that are.
    onStart: (partial) => {
      mooring = partial;
    },
  });
  for (const program of mooring.programs) {
    void program.exited.then((how) => {
      if (!program.stopping) void end(1, describeEnd(program, how));
    });
  }

  const { client, workspaceId, seeded } = await seed({ ...mooring, password: secrets.DEMO_PASSWORD, say });
  if (seeded) await showHistory(client, workspaceId);
  if (!ending) console.log(welcome(mooring, secrets.DEMO_PASSWORD));
} catch (error) {
  await end(1, error.message);
}

async function showHistory(client, workspaceId) {
  let last = -1;
  const complete = await historyFetched({
    client,
    workspaceId,
    withinMs: HISTORY_WITHIN_MS,
    progress: (done, all) => {
      const line = `Fetching 90 days of history: ${done} of ${all} accounts`;
      if (terminal) process.stdout.write(`\r${line}`);
      else if (done !== last) console.log(line);
      last = done;
    },
  });
  if (terminal) process.stdout.write('\n');
  if (!complete && !ending) say('The rest of the history follows in the background');
}

function say(text) {
  if (!ending) console.log(text);
}

function welcome({ url, sandboxUrl }, password) {
  return `
  Mooring is running.

    Dashboard   ${url}/
    E-mail      ${DEMO_EMAIL}
    Password    ${password}

    Sandbox     ${sandboxUrl}/          break Meta here and watch
    Inbox       ${sandboxUrl}/inbox     every mail that Mooring sent
    Logs        data/logs/

  Ctrl-C stops everything; the data stays in data/.
`;
}
