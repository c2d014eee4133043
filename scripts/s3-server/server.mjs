// Finds or starts a real S3 server for the tests and the demo.
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { accessSync, constants, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const HERE = fileURLToPath(new URL('.', import.meta.url));

/** What ceph.sh runs. */
const PROGRAMS = ['ceph', 'ceph-mon', 'ceph-osd', 'monmaptool', 'radosgw', 'radosgw-admin'];

/** Another program may take a free port between the look and the start: so often it is tried with other ports. */
const ATTEMPTS = 3;

/**
 * @typedef {object} S3Server
 * @property {string} endpoint such as `http://127.0.0.1:34567`
 * @property {string} accessKeyId
 * @property {string} secretAccessKey
 * @property {() => Promise<void>} stop ends it and removes what it kept; does nothing to a server that was found
 */

/**
 * A server that is already there (`HOLDFAST_TEST_S3_ENDPOINT` with `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY`), or one
 * that is started from an installed Ceph, or, with `install` and as root on Debian or Ubuntu, from one that is installed now.
 * A started server ends with this process, also when it is killed.
 *
 * @param {{ install?: boolean, log?: (line: string) => void, environment?: Record<string, string | undefined> }} [options]
 * @returns {Promise<S3Server | undefined>} undefined where no server can be had; why has been logged
 * @throws {Error} if the server that the environment names does not answer, or lacks its keys
 */
export async function findOrStartServer({ install = false, log = () => {}, environment = process.env } = {}) {
  if (environment.HOLDFAST_TEST_S3_ENDPOINT) return foundServer(environment);
  if (!isInstalled(environment)) {
    if (!install) {
      log(`no S3 server: set HOLDFAST_TEST_S3_ENDPOINT, or install Ceph (${join(HERE, 'install-ceph.sh')})`);
      return undefined;
    }
    if (!(await installCeph(log)) || !isInstalled(environment)) return undefined;
  }
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const server = await startCeph(log);
    if (server) return server;
  }
  return undefined;
}

/** The variables by which the test suites and the command find the server. */
export function environmentOf(server) {
  return {
    HOLDFAST_TEST_S3_ENDPOINT: server.endpoint,
    AWS_ACCESS_KEY_ID: server.accessKeyId,
    AWS_SECRET_ACCESS_KEY: server.secretAccessKey,
  };
}

async function foundServer(environment) {
  const endpoint = environment.HOLDFAST_TEST_S3_ENDPOINT;
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = environment;
  if (!accessKeyId || !secretAccessKey) {
    throw new Error('HOLDFAST_TEST_S3_ENDPOINT needs AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY beside it');
  }
  try {
    const answer = await fetch(endpoint, { signal: AbortSignal.timeout(10_000), redirect: 'manual' });
    await answer.body?.cancel();
  } catch (error) {
    throw new Error(`no S3 server answers at HOLDFAST_TEST_S3_ENDPOINT=${endpoint}`, { cause: error });
  }
  return { endpoint, accessKeyId, secretAccessKey, stop: async () => {} };
}

function isInstalled(environment) {
  const folders = (environment.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  return PROGRAMS.every((program) => folders.some((folder) => isExecutable(join(folder, program))));
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

async function installCeph(log) {
  if (process.getuid?.() !== 0 || !isExecutable('/usr/bin/apt-get')) {
    log('no S3 server: Ceph is not installed, and installing it takes root and apt-get');
    return false;
  }
  log('installing Ceph for the S3 suites …');
  const child = spawn(join(HERE, 'install-ceph.sh'), { stdio: ['ignore', 'ignore', 'pipe'] });
  const complaints = lastLines(child.stderr);
  const [status] = await once(child, 'close');
  if (status !== 0) log(`no S3 server: installing Ceph failed\n${complaints()}`);
  return status === 0;
}

async function startCeph(log) {
  const started = Date.now();
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-s3-'));
  const [port, monitorPort] = await freePorts(2);
  const accessKeyId = 'holdfast';
  const secretAccessKey = randomBytes(20).toString('hex');
  // A session of its own: Ctrl-C at the terminal reaches only us, and the closing of its standard input tells it to end.
  const child = spawn(join(HERE, 'ceph.sh'), [folder, String(port), String(monitorPort)], {
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey },
  });
  child.stdin.on('error', () => {});
  const ended = once(child, 'close');
  const complaints = lastLines(child.stderr);
  const isReady = await Promise.race([
    firstLine(child.stdout).then((line) => line === 'ready'),
    ended.then(() => false),
  ]);
  const stop = async () => {
    child.ref();
    child.stdin.end();
    await ended;
    rmSync(folder, { recursive: true, force: true });
  };
  if (!isReady) {
    await stop();
    log(`the S3 server did not start\n${complaints()}`);
    return undefined;
  }
  // The server must not keep a program alive that has nothing else to do.
  child.unref();
  for (const stream of [child.stdin, child.stdout, child.stderr]) stream.unref();
  const endpoint = `http://127.0.0.1:${port}`;
  log(`S3 server (Ceph RGW, in memory) at ${endpoint}, ready in ${((Date.now() - started) / 1000).toFixed(1)} s`);
  return { endpoint, accessKeyId, secretAccessKey, stop };
}

/** Ports that nobody listens on now, all of them different: they are held until each is known. */
async function freePorts(count) {
  const holders = [];
  for (let index = 0; index < count; index++) {
    const holder = createServer().listen(0, '127.0.0.1');
    await once(holder, 'listening');
    holders.push(holder);
  }
  const ports = holders.map((holder) => holder.address().port);
  for (const holder of holders) {
    holder.close();
    await once(holder, 'close');
  }
  return ports;
}

async function firstLine(stream) {
  for await (const line of createInterface({ input: stream })) return line;
  return undefined;
}

/** Keeps the end of what a stream says, for an error message. */
function lastLines(stream) {
  let kept = '';
  stream.setEncoding('utf8');
  stream.on('data', (text) => {
    kept = (kept + text).slice(-4000);
  });
  return () => kept.trim();
}
