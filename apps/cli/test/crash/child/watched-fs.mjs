/**
 * Puts a kill point before every call by which this process changes a file system: not where the code says that it takes a
 * step, but where it does. To be imported, and called, before everything that uses `node:fs`.
 */
import fs from 'node:fs';
import promises from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { step } from './steps.mjs';

/** Calls by the argument that names what they make or change. */
const BY_PATH = {
  mkdir: 0,
  rmdir: 0,
  rm: 0,
  unlink: 0,
  rename: 1,
  link: 1,
  symlink: 1,
  copyFile: 1,
  truncate: 0,
  chmod: 0,
  utimes: 0,
  lutimes: 0,
  chown: 0,
  lchown: 0,
};
/** Calls by descriptor. */
const BY_DESCRIPTOR = ['fchmod', 'futimes', 'fchown', 'ftruncate', 'fsync'];
const CREATES = fs.constants.O_CREAT | fs.constants.O_TRUNC;

const real = { writeSync: fs.writeSync, openSync: fs.openSync, closeSync: fs.closeSync };

/** Replaces the calls. */
export async function watchFileSystem() {
  for (const [name, position] of Object.entries(BY_PATH)) {
    before(fs, `${name}Sync`, (args) => step(name, nameOf(args[position])));
    before(promises, name, (args) => step(name, nameOf(args[position])));
  }
  for (const name of BY_DESCRIPTOR) before(fs, `${name}Sync`, (args) => step(name, descriptorName(args[0])));
  for (const module of [fs, promises]) before(module, module === fs ? 'openSync' : 'open', creating);
  before(fs, 'writeSync', (args) => write(args[0], args));
  before(fs, 'write', (args) => write(args[0], args));
  before(fs, 'fsync', (args) => step('fsync', descriptorName(args[0])));
  before(promises, 'writeFile', ([path, content, options]) =>
    step('write', nameOf(path), () => tearFile(path, content, options?.flag ?? 'w')),
  );
  const handle = await promises.open(process.execPath);
  const methods = Object.getPrototypeOf(handle);
  await handle.close();
  before(methods, 'write', (args, self) => write(self.fd, [self.fd, ...args]));
  before(methods, 'writeFile', ([content], self) =>
    step('write', descriptorName(self.fd), () => real.writeSync(self.fd, half(Buffer.from(content)))),
  );
  before(methods, 'truncate', (_args, self) => step('truncate', descriptorName(self.fd)));
  before(methods, 'sync', (_args, self) => step('fsync', descriptorName(self.fd)));
  before(methods, 'chmod', (_args, self) => step('chmod', descriptorName(self.fd)));
  before(methods, 'utimes', (_args, self) => step('utimes', descriptorName(self.fd)));
  syncBuiltinESMExports();
}

/** Has `watch` called with the arguments before the method does its work. */
function before(owner, name, watch) {
  const original = owner[name];
  function watched(...args) {
    watch(args, this);
    return original.apply(this, args);
  }
  // `util.promisify` goes by what hangs on the function.
  Object.defineProperties(watched, Object.getOwnPropertyDescriptors(original));
  owner[name] = watched;
}

function creating([path, flags]) {
  const makes = typeof flags === 'number' ? (flags & CREATES) !== 0 : /^[wa]/.test(flags ?? 'r');
  if (makes) step('create', nameOf(path));
}

/** A killed write may have got half of its bytes out. What goes to standard output is none of ours. */
function write(descriptor, [, bytes, offset = 0, length = bytes.length - offset, position = null]) {
  if (descriptor <= 2) return;
  step('write', descriptorName(descriptor), () => {
    if (typeof bytes !== 'string') real.writeSync(descriptor, bytes, offset, length >> 1, position);
  });
}

function tearFile(path, content, flag) {
  const descriptor = real.openSync(path, flag);
  real.writeSync(descriptor, half(Buffer.from(content)));
  real.closeSync(descriptor);
}

function half(bytes) {
  return bytes.subarray(0, bytes.length >> 1);
}

function nameOf(path) {
  const text = String(path);
  const throughDescriptor = /^\/proc\/self\/fd\/(\d+)(.*)$/s.exec(text);
  return throughDescriptor === null ? text : descriptorName(Number(throughDescriptor[1])) + throughDescriptor[2];
}

function descriptorName(descriptor) {
  try {
    return fs.readlinkSync(`/proc/self/fd/${descriptor}`);
  } catch {
    return 'a descriptor';
  }
}
