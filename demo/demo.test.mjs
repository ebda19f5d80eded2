import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { agree } from './dialog.mjs';
import { demoPorts, pickFreePort } from './ports.mjs';
import { describeEnd, Program } from './program.mjs';
import { demoSecrets } from './secrets.mjs';

const folder = mkdtempSync(path.join(os.tmpdir(), 'mooring-demo-'));
after(() => rmSync(folder, { recursive: true }));

function run(name, script) {
  const logFile = path.join(folder, `${name}.log`);
  return new Program(name, process.execPath, ['-e', script], { env: process.env, cwd: folder, logFile, readsOutput: true });
}

async function serve(handler) {
  const server = createServer(handler);
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${server.address().port}`, port: server.address().port, close: () => server.close() };
}

test('secrets are made once and only for their owner', () => {
  const file = path.join(folder, 'demo.env');
  const first = demoSecrets(file);
  assert.equal(statSync(file).mode & 0o777, 0o600);
  assert.deepEqual(demoSecrets(file), first);
  assert.equal(Buffer.from(first.TOKEN_KEYS.slice('k1:'.length), 'base64').length, 32);
});

test('a taken port is named with the variable that changes it', async () => {
  const taken = await serve(() => {});
  const environment = { MOORING_PORT: String(taken.port), SANDBOX_PORT: '', SMTP_PORT: '' };
  await assert.rejects(demoPorts(environment), new RegExp(`Port ${taken.port} .*MOORING_PORT`));
  taken.close();
});

test('one port cannot serve two programs, and a word is no port', async () => {
  const port = String(await pickFreePort());
  await assert.rejects(demoPorts({ MOORING_PORT: port, SANDBOX_PORT: port }), /wanted twice/);
  await assert.rejects(demoPorts({ MOORING_PORT: 'http' }), /MOORING_PORT=http is not a port/);
});

test('a program ends when it is asked to', async () => {
  const program = run('polite', 'process.on("SIGTERM", () => process.exit(0)); console.log("ready"); setInterval(() => {}, 1e3)');
  assert.equal(await program.firstLine(), 'ready');
  await program.stop();
  assert.deepEqual(program.ended, { code: 0, signal: null });
});

test('a program that dies is described with the end of its log', async () => {
  const program = run('dying', 'console.error("no database"); process.exit(3)');
  await assert.rejects(program.firstLine(), /dying ended by itself \(exit code 3\)/);
  assert.match(describeEnd(program, program.ended), /no database/);
  assert.match(readFileSync(program.logFile, 'utf8'), /no database/);
});

test('a person at the dialog leaves everything ticked and is sent back', async () => {
  let posted;
  const meta = await serve((request, response) => {
    if (request.method === 'GET') {
      response.end(`<form method="post" action="/dialog?a=1&amp;b=2">
        <input type="hidden" name="state" value="x&amp;y">
        <label><input type="radio" name="person" value="1" checked>Nora</label>
        <label><input type="radio" name="person" value="2">Beck &amp; Sons</label>
        <input type="checkbox" name="scope" value="read" checked><input type="checkbox" name="scope" value="write">
        <input type="checkbox" checked disabled></form>`);
      return;
    }
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      posted = { url: request.url, form: Object.fromEntries(new URLSearchParams(body)) };
      response.writeHead(303, { location: 'http://127.0.0.1:1/callback?code=7' }).end();
    });
  });
  assert.equal(await agree(`${meta.url}/dialog`, 'Beck & Sons'), 'http://127.0.0.1:1/callback?code=7');
  assert.deepEqual(posted, {
    url: '/dialog?a=1&b=2',
    form: { state: 'x&y', scope: 'read', person: '2', decision: 'continue' },
  });
  await assert.rejects(agree(`${meta.url}/dialog`, 'Nobody'), /does not offer Nobody/);
  meta.close();
});
