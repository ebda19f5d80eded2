import { spawn } from 'node:child_process';
import { closeSync, createWriteStream, openSync, readFileSync } from 'node:fs';

const KILL_AFTER_MS = 10_000;

/** One program that was started here, with its log file. */
export class Program {
  constructor(name, command, args, { env, cwd, logFile, readsOutput = false }) {
    this.name = name;
    this.logFile = logFile;
    this.stopping = false;
    const log = openSync(logFile, 'a');
    this.child = spawn(command, args, {
      cwd,
      env,
      // A process group of its own: Ctrl-C must reach only us, so that the programs end in order.
      detached: true,
      stdio: ['ignore', readsOutput ? 'pipe' : log, log],
    });
    closeSync(log);
    this.exited = new Promise((resolve) => {
      this.child.once('exit', (code, signal) => resolve({ code, signal }));
      this.child.once('error', (error) => resolve({ error }));
    });
    void this.exited.then((how) => {
      this.ended = how;
    });
  }

  /** The first line on stdout; what follows goes to the log. */
  firstLine() {
    const lines = new Promise((resolve) => {
      let text = '';
      const onData = (chunk) => {
        text += chunk;
        if (!text.includes('\n')) return;
        this.child.stdout.off('data', onData);
        this.child.stdout.pipe(createWriteStream(this.logFile, { flags: 'a' }));
        resolve(text.slice(0, text.indexOf('\n')));
      };
      this.child.stdout.on('data', onData);
    });
    return this.orDeath(lines);
  }

  /** Waits for something that only a living program can bring about. */
  orDeath(promise) {
    const death = this.exited.then((how) => {
      throw new Error(describeEnd(this, how));
    });
    return Promise.race([promise, death]);
  }

  /** Asks it to end, and insists only if it does not. */
  async stop() {
    this.stopping = true;
    if (this.ended || this.child.pid === undefined) return;
    this.child.kill('SIGTERM');
    const killer = setTimeout(() => this.child.kill('SIGKILL'), KILL_AFTER_MS);
    await this.exited;
    clearTimeout(killer);
  }
}

export function describeEnd(program, { code, signal, error }) {
  const how = error ? `could not be started: ${error.message}` : `ended by itself (${signal ?? `exit code ${code}`})`;
  const tail = lastLines(program.logFile, 15);
  return `${program.name} ${how}.${tail ? `\nThe end of ${program.logFile}:\n${tail}` : ''}`;
}

function lastLines(file, count) {
  try {
    return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-count).map((line) => `  ${line}`).join('\n');
  } catch {
    return '';
  }
}
