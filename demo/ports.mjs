import { createServer } from 'node:net';

/** Whether a port of this machine can be listened on; port 0 always can. */
export function isFree(port) {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });
}

/** A port that was free a moment ago. */
export function pickFreePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

/**
 * The ports of the demo, by name, from the environment or by default.
 * Throws one sentence that names the port and the variable to change.
 */
export async function demoPorts(environment) {
  const wanted = {
    api: ['MOORING_PORT', 8080],
    sandbox: ['SANDBOX_PORT', 4010],
    smtp: ['SMTP_PORT', 4025],
  };
  const ports = {};
  for (const [name, [variable, fallback]] of Object.entries(wanted)) {
    const port = Number(environment[variable] || fallback);
    if (!Number.isInteger(port) || port < 1 || port > 65_535) {
      throw new Error(`${variable}=${environment[variable]} is not a port. Use a number from 1 to 65535.`);
    }
    const twin = Object.entries(ports).find(([, other]) => other === port);
    if (twin) throw new Error(`Port ${port} is wanted twice, for ${twin[0]} and ${name}. Choose another with ${variable}=…`);
    if (!(await isFree(port))) {
      throw new Error(`Port ${port} is already in use (needed for ${name}). Choose another with ${variable}=…`);
    }
    ports[name] = port;
  }
  return ports;
}
