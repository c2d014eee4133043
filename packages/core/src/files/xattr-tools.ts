import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { runInThread, type ThreadJob, threadJob } from './threads.js';
import { parseXattrDump, unquoted, xattrDump } from './xattr-dump.js';

interface Run {
  readonly command: string;
  readonly arguments: readonly string[];
  readonly input: Uint8Array;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Descriptors that the program has open as 3, 4, … */
  readonly descriptors: readonly number[];
  readonly maxBytes: number;
}

interface Ran {
  readonly output: Uint8Array;
  readonly complaints: Uint8Array;
  readonly status: number | null;
  /** It could not be started, or gave too much. */
  readonly error?: string;
}

/** Starting a process keeps its thread for 10 ms and more (measured), so it is not the program's own. */
const RUN_TOOL: ThreadJob<Run, Ran> = threadJob(
  'run a tool for attributes',
  `(require) => {
    const { spawnSync } = require('node:child_process');
    return ({ command, arguments: words, input, environment, descriptors, maxBytes }) => {
      const { stdout, stderr, status, error } = spawnSync(command, words, {
        input, env: environment, maxBuffer: maxBytes, stdio: ['pipe', 'pipe', 'pipe', ...descriptors],
      });
      return { output: stdout ?? new Uint8Array(), complaints: stderr ?? new Uint8Array(), status, error: error?.code };
    };
  }`,
);

/** So many attributes at once may be; fewer files are asked for where they are more. */
const MAX_OUTPUT_BYTES = 16 * 1024 * 1024;
/** What is kept, as a regular expression of POSIX; the snapshot's own rule looks again. */
const NAME_PATTERN = '^(user\\.|system\\.posix_acl_|security\\.capability$)';
const DUMP_WORDS = ['-d', '-m', NAME_PATTERN, '-e', 'base64', '--absolute-names'];
const READ_WORDS = ['-h', ...DUMP_WORDS, '--'];
/** Words of a command line, far below what Linux takes in all (execve(2): a quarter of the stack, which is 8 MiB as a rule). */
const MAX_WORDS_BYTES = 512 * 1024;

/** Which programs of the package `attr` are there. Others than Linux name and keep attributes in other ways. */
export interface XattrTools {
  readonly canRead: boolean;
  readonly canSet: boolean;
}

/** Looks for the programs in `PATH`. */
export function xattrTools(
  platform: NodeJS.Platform = process.platform,
  path: string = process.env.PATH ?? '',
): XattrTools {
  if (platform !== 'linux') return { canRead: false, canSet: false };
  const has = (name: string): boolean =>
    path.split(delimiter).some((folder) => folder !== '' && isProgram(join(folder, name)));
  return { canRead: has('getfattr') && has('xargs'), canSet: has('setfattr') };
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** What was found at some paths. */
export interface XattrReading {
  /** By the path's position. Nothing for a path without attributes. */
  readonly found: ReadonlyMap<
    number,
    { readonly values: Readonly<Record<string, string>>; readonly strangeNames: number }
  >;
  /** By the path's position: why its attributes could not be read. */
  readonly faults: ReadonlyMap<number, string>;
}

/**
 * Reads the attributes that are kept at absolute paths, all different, in one child process; follows no link at the end of a path.
 *
 * @throws an error if the program cannot be run.
 */
export async function readXattrs(paths: readonly Buffer[]): Promise<XattrReading> {
  if (paths.length === 0) return { found: new Map(), faults: new Map() };
  const { output, complaints, error } = await runOnPaths('getfattr', READ_WORDS, paths);
  if (error === 'ENOBUFS' && paths.length > 1) return readByHalves(paths);
  if (error !== undefined) throw new Error(`getfattr could not be run: ${error}`);
  const positions = new Map(paths.map((path, position) => [path.toString('latin1'), position]));
  const found: Map<number, { values: Readonly<Record<string, string>>; strangeNames: number }> = new Map();
  for (const { path, values, strangeNames } of parseXattrDump(Buffer.from(output))) {
    const position = positions.get(path.toString('latin1'));
    if (position !== undefined) found.set(position, { values, strangeNames });
  }
  return { found, faults: faultsAt(Buffer.from(complaints), positions) };
}

/** Paths go as words. What is not UTF-8 or too much for that goes through `xargs`, which costs a process more. */
function runOnPaths(command: string, options: readonly string[], paths: readonly Buffer[]): Promise<Ran> {
  const words = paths.map((path) => path.toString('utf8'));
  const areWords = !words.some((word) => word.includes('\uFFFD'));
  const sizeBytes = paths.reduce((sum, path) => sum + path.length + 1, 0);
  if (areWords && sizeBytes <= MAX_WORDS_BYTES) return run(command, [...options, ...words], Buffer.alloc(0), []);
  const NUL = Buffer.alloc(1);
  const input = Buffer.concat(paths.flatMap((path) => [path, NUL]));
  return run('xargs', ['-0', command, ...options], input, []);
}

async function readByHalves(paths: readonly Buffer[]): Promise<XattrReading> {
  const middle = paths.length >> 1;
  const first = await readXattrs(paths.slice(0, middle));
  const second = await readXattrs(paths.slice(middle));
  const shifted = <Value>(map: ReadonlyMap<number, Value>): [number, Value][] =>
    [...map].map(([position, value]) => [position + middle, value]);
  return {
    found: new Map([...first.found, ...shifted(second.found)]),
    faults: new Map([...first.faults, ...shifted(second.faults)]),
  };
}

/**
 * Takes one attribute from what stands at absolute paths, in one child process; follows no link at the end of a path.
 *
 * @returns by the path's position: why it could not be taken.
 * @throws an error if the program cannot be run.
 */
export async function removeXattrAt(name: string, paths: readonly Buffer[]): Promise<ReadonlyMap<number, string>> {
  if (paths.length === 0) return new Map();
  const { complaints, error } = await runOnPaths('setfattr', ['-h', '-x', name, '--'], paths);
  if (error !== undefined) throw new Error(`setfattr could not be run: ${error}`);
  return faultsAt(Buffer.from(complaints), new Map(paths.map((path, position) => [path.toString('latin1'), position])));
}

/**
 * The attributes that are kept of what descriptors have open, for each; none where they cannot be read.
 *
 * @throws an error if the program cannot be run.
 */
export async function readOpenXattrs(descriptors: readonly number[]): Promise<Readonly<Record<string, string>>[]> {
  const paths = descriptors.map(descriptorPath);
  const { output, error } = await run('getfattr', [...DUMP_WORDS, '--', ...paths], Buffer.alloc(0), descriptors);
  if (error !== undefined) throw new Error(`getfattr could not be run: ${error}`);
  const found = new Map<string, Readonly<Record<string, string>>>();
  for (const { path, values } of parseXattrDump(Buffer.from(output))) found.set(path.toString('latin1'), values);
  return paths.map((path) => found.get(path) ?? {});
}

/** Attributes for what a descriptor has open. */
export interface XattrOrder {
  readonly descriptor: number;
  readonly values: Readonly<Record<string, string>>;
}

/**
 * Sets attributes in one child process. It is given the descriptors themselves, and no name: what is open gets them, whatever has become
 * of the paths that lead there.
 *
 * @returns for each why some of its attributes could not be set; `undefined` where all are.
 * @throws an error if the program cannot be run.
 */
export async function setXattrs(orders: readonly XattrOrder[]): Promise<(string | undefined)[]> {
  const descriptors = orders.map(({ descriptor }) => descriptor);
  const paths = descriptors.map(descriptorPath);
  const input = Buffer.from(
    orders.map(({ values }, index) => xattrDump(paths[index] ?? '', values)).join(''),
    'latin1',
  );
  const { complaints, status, error } = await run('setfattr', ['--restore=-'], input, descriptors);
  if (error !== undefined) throw new Error(`setfattr could not be run: ${error}`);
  const faults = faultsAt(Buffer.from(complaints), new Map(paths.map((path, index) => [path, index])));
  const silent = status !== 0 && faults.size === 0 ? 'setfattr failed without a word' : undefined;
  return orders.map((_, index) => faults.get(index) ?? silent);
}

/**
 * Takes attributes away from what a descriptor has open, each by a child process: it is seldom done.
 *
 * @returns why one of them could not be; `undefined` where all are gone.
 * @throws an error if the program cannot be run.
 */
export async function removeXattrs(descriptor: number, names: readonly string[]): Promise<string | undefined> {
  let fault: string | undefined;
  for (const name of names) {
    const words = ['-x', name, '--', descriptorPath(descriptor, 0)];
    const { complaints, status, error } = await run('setfattr', words, Buffer.alloc(0), [descriptor]);
    if (error !== undefined) throw new Error(`setfattr could not be run: ${error}`);
    if (status !== 0) fault ??= Buffer.from(complaints).toString('utf8').trim();
  }
  return fault;
}

/** Behind input, output and complaints. */
const FIRST_DESCRIPTOR = 3;

/** How the child names the descriptor that it was given at this place: proc(5), a link that is followed to the very file. */
function descriptorPath(_descriptor: number, place: number): string {
  return `/proc/self/fd/${FIRST_DESCRIPTOR + place}`;
}

function run(command: string, words: readonly string[], input: Buffer, descriptors: readonly number[]): Promise<Ran> {
  // Complaints in the words that are looked for.
  const environment = { ...process.env, LC_ALL: 'C' };
  return runInThread(RUN_TOOL, {
    command,
    arguments: words,
    input,
    environment,
    descriptors,
    maxBytes: MAX_OUTPUT_BYTES,
  });
}

/** `getfattr: PATH: REASON`, also with the name of an attribute between the two. */
function faultsAt(complaints: Buffer, positions: ReadonlyMap<string, number>): Map<number, string> {
  const faults = new Map<number, string>();
  for (const line of complaints.toString('latin1').split('\n')) {
    const parts = line.split(': ');
    const reason = parts.at(-1) ?? '';
    for (let end = parts.length - 1; end > 1; end -= 1) {
      const path = unquoted(parts.slice(1, end).join(': ')).toString('latin1');
      const position = positions.get(path);
      if (position === undefined) continue;
      if (!faults.has(position)) faults.set(position, reason);
      break;
    }
  }
  return faults;
}
