/**
 * Runs one command after the other in this process, each as if it were the only one: with its own words, folder and variables, on the
 * real standard output and error. Each message of the parent is a command. When it has ended, both streams get the mark of
 * the message, and the parent gets the exit status.
 */
import { once } from 'node:events';

const [, , program = ''] = process.argv;
const EMITTERS = [process, process.stdout, process.stderr];
let exitStatus = 0;
/** By this, as the last thing it does, the program ends its process. */
process.exit = (status) => {
  exitStatus = status;
};

for (let count = 1; ; count++) {
  const [{ words, cwd, environment, mark }] = await once(process, 'message');
  const before = EMITTERS.map(listenersOf);
  process.argv = [process.execPath, program, ...words];
  process.chdir(cwd);
  for (const name of Object.keys(process.env)) delete process.env[name];
  Object.assign(process.env, environment);
  // The number has the program evaluated anew; what it imports is what takes time, and stays.
  await import(`${program}?${count}`);
  for (const [index, emitter] of EMITTERS.entries()) removeOthers(emitter, before[index]);
  for (const stream of [process.stdout, process.stderr]) {
    await new Promise((resolve) => stream.write(mark, () => resolve(undefined)));
  }
  process.send?.(exitStatus);
}

/** @param {NodeJS.EventEmitter} emitter */
function listenersOf(emitter) {
  return new Set(emitter.eventNames().flatMap((name) => emitter.rawListeners(name)));
}

/** What a command listens for ends with it. */
function removeOthers(emitter, kept) {
  for (const name of emitter.eventNames()) {
    for (const listener of emitter.rawListeners(name)) if (!kept.has(listener)) emitter.off(name, listener);
  }
}
