import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type BackupTarget,
  bytesSource,
  isTargetError,
  type ObjectAttributes,
  type ObjectInfo,
  type ObjectSource,
  type TargetError,
} from '@holdfast/core/target';
import { afterEach } from 'vitest';
import { openZip, type ZipOptions } from '../src/index.js';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** A folder for one test. */
export function scratch(): string {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-zip-'));
  cleanups.push(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A target that is closed after the test. */
export async function opened(path: string, options?: ZipOptions): Promise<BackupTarget> {
  const target = await openZip(path, options);
  cleanups.push(() => target.close());
  return target;
}

/** What one put of a test has. */
export interface Put {
  readonly key: string;
  readonly content?: string | Uint8Array | ObjectSource;
  readonly attributes?: ObjectAttributes;
}

export const RECORD = '.holdfast/snapshot.json';

/** Writes one root with a record. */
export async function write(target: BackupTarget, root: string, puts: readonly Put[]): Promise<void> {
  const batch = await target.begin({ root });
  for (const { key, content = '', attributes } of puts) {
    const source =
      typeof content === 'string' || content instanceof Uint8Array ? bytesSource(Buffer.from(content)) : content;
    await batch.put(`${root}/${key}`, source, attributes === undefined ? {} : { attributes });
  }
  await batch.commit({ key: `${root}/${RECORD}`, body: Buffer.from(`{"root":"${root}"}`) });
}

export async function listed(target: BackupTarget, prefix = '', oneLevel = false): Promise<ObjectInfo[]> {
  const infos: ObjectInfo[] = [];
  for await (const info of target.list(prefix, { oneLevel })) infos.push(info);
  return infos;
}

export async function keysOf(target: BackupTarget, prefix = '', oneLevel = false): Promise<string[]> {
  return (await listed(target, prefix, oneLevel)).map((info) => info.key);
}

export async function contentOf(target: BackupTarget, key: string): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of target.get(key)) pieces.push(piece);
  return Buffer.concat(pieces);
}

/** The error of a target that a promise rejects with. */
export async function errorOf(promise: Promise<unknown>): Promise<TargetError> {
  try {
    await promise;
  } catch (error) {
    if (isTargetError(error)) return error;
    throw error;
  }
  throw new Error('it did not fail');
}

/** Is the program here? Whoever has nothing but Node still gets all tests that need no other. */
export function has(program: string): boolean {
  return spawnSync('sh', ['-c', `command -v ${program}`]).status === 0;
}

const HAS_UNZIP = has('unzip');
if (!HAS_UNZIP) console.log('unzip is not here: the archives of the tests were NOT tried with it');

/** unzip finds nothing wrong with the archive. Where there is no unzip that is said once, and not tried. */
export function assertUnzips(path: string): void {
  if (HAS_UNZIP) run('unzip', ['-tqq', path]);
}

/** Runs a program that is not ours; its words are in the error if it fails. */
export function run(
  command: string,
  args: readonly string[],
  options: { readonly env?: Readonly<Record<string, string>>; readonly cwd?: string } = {},
): string {
  const done = spawnSync(command, args, {
    encoding: 'utf8',
    cwd: options.cwd,
    env: { ...process.env, LC_ALL: 'C.UTF-8', ...options.env },
  });
  if (done.error !== undefined) throw done.error;
  if (done.status !== 0) throw new Error(`${command} ended with ${done.status}: ${done.stdout}${done.stderr}`);
  return done.stdout;
}

/** Runs a Python program; what it prints as JSON comes back. */
export function python(program: string, ...args: string[]): unknown {
  const output = run('python3', ['-c', program, ...args]);
  return output.trim() === '' ? undefined : JSON.parse(output);
}
