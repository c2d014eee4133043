/**
 * Every step by which this process changes something passes by here, under a label. A plan names the step at which something
 * happens: the process ends by SIGKILL, as by `kill -9`, gets another signal, or waits until others have come as far.
 */
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';

/** How long others are waited for. */
const PATIENCE_MS = 20_000;
const LOOK_AGAIN_MS = 2;

/** @typedef {import('../child.js').Plan} Plan */

/** @type {Plan} */
let plan = {};
let world = '';
/** @type {Map<string, number>} */
const counts = new Map();
/** @type {string[]} */
const labels = [];

/**
 * @param {Plan} wanted
 * @param {string} root the folder that labels leave out of paths
 */
export function planSteps(wanted, root) {
  plan = wanted;
  world = root;
}

/** The labels of all steps so far. Each ends with a number, which tells it apart from others of the same name. */
export function stepsTaken() {
  return labels;
}

/**
 * A step is about to be taken.
 *
 * @param {string} what
 * @param {string} where
 * @param {() => void} [tear] does a part of it, if the process ends here
 */
export function step(what, where, tear) {
  const name = `${what} ${plain(where)}`;
  const count = (counts.get(name) ?? 0) + 1;
  counts.set(name, count);
  const label = `${name}#${count}`;
  labels.push(label);
  if (label === plan.meet?.at) waitForOthers(plan.meet);
  if (label === plan.signal?.at) process.kill(process.pid, plan.signal.name);
  if (label !== plan.kill?.at) return;
  tear?.();
  process.kill(process.pid, 'SIGKILL');
  // The signal has done its work when the call returns. Should that ever not be so, nothing more must happen here.
  for (;;) sleep(PATIENCE_MS);
}

/** Ends this process at the time of its plan, if there is one, counted from now: from another thread, so that busy code is met too. */
export async function startClock() {
  const { afterMs } = plan.kill ?? {};
  if (afterMs === undefined) return;
  const gate = new Int32Array(new SharedArrayBuffer(8));
  const clock = new Worker(CLOCK, { eval: true, workerData: { gate, afterMs } });
  clock.unref();
  await new Promise((resolve) => clock.once('message', resolve));
  Atomics.store(gate, 0, 1);
  Atomics.notify(gate, 0);
}

const CLOCK = `
  const { parentPort, workerData } = require('node:worker_threads');
  const { gate, afterMs } = workerData;
  parentPort.postMessage('ready');
  Atomics.wait(gate, 0, 0);
  Atomics.wait(gate, 1, 0, afterMs);
  process.kill(process.pid, 'SIGKILL');
`;

/** @param {{ folder: string, count: number }} meeting */
function waitForOthers({ folder, count }) {
  writeFileSync(join(folder, String(process.pid)), '');
  for (let waitedMs = 0; readdirSync(folder).length < count; waitedMs += LOOK_AGAIN_MS) {
    if (waitedMs > PATIENCE_MS) throw new Error('the others never came');
    sleep(LOOK_AGAIN_MS);
  }
}

function sleep(durationMs) {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, durationMs);
}

/** The same step has the same name in every run: what is random or counted in a path is left out. */
function plain(where) {
  return where
    .replace(world, '')
    .replace(/\d{8}T\d{9}Z-[0-9a-f]{8}/g, '<id>')
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, '<uuid>')
    .replace(/(?<=\/undo\/<id>\/\d+\/)[0-9a-z]+-[0-9a-z]+/g, '<kept>')
    .replace(/condemned-[0-9a-f]+-[0-9a-f]+/g, '<condemned>')
    .replace(/\b[0-9a-f]{12,32}\b/g, '<random>')
    .replace(/(\/(?:\.holdfast-)?undo\/<id>\/\d+\/)[0-9a-z]+-[0-9a-z]+$/, '$1<kept>')
    .replace(/(?<=<random>\/(objects\/)?)\d+$/, '<number>');
}
