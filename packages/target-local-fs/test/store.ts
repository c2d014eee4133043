import { existsSync, mkdtempSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BackupTarget, bytesSource, type ObjectInfo, type ObjectSource } from '@holdfast/core/target';
import { afterEach } from 'vitest';
import { type LocalFsOptions, openLocalFs } from '../src/index.js';

/** A place for one test, with handles on it. */
export interface TestStore {
  /** A folder of the test's own; the store lies in it, other things may. */
  readonly folder: string;
  readonly root: string;
  open(options?: LocalFsOptions): Promise<BackupTarget>;
  /** A path in the store. */
  at(...key: string[]): string;
  /** What lies in staging. */
  residue(): string[];
}

const undo: (() => Promise<void> | void)[] = [];

afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

/** Does it when the test has ended, last first. */
export function afterThisTest(step: () => Promise<void> | void): void {
  undo.push(step);
}

/** A fresh place, taken away after the test. The store's folder is not there yet. */
export function testStore(folder: string = freshFolder()): TestStore {
  const root = join(folder, 'store');
  return {
    folder,
    root,
    at: (...key) => join(root, ...key),
    async open(options) {
      const target = await openLocalFs(root, options);
      afterThisTest(() => target.close());
      return target;
    },
    residue() {
      const staging = join(root, '.holdfast', 'staging');
      return existsSync(staging) ? readdirSync(staging) : [];
    },
  };
}

export function freshFolder(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'holdfast-local-fs-')));
  afterThisTest(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export function text(value: string): ObjectSource {
  return bytesSource(new TextEncoder().encode(value));
}

export function body(value: string): Uint8Array {
  return new TextEncoder().encode(value);
}

/** Announces what it gives: nothing but zeros. */
export function zeros(sizeBytes: number): ObjectSource {
  return filled(sizeBytes, 0);
}

/** Announces what it gives: nothing but one byte, by default one that takes space on the disk. */
export function filled(sizeBytes: number, byte = 1): ObjectSource {
  return {
    sizeBytes,
    async *open() {
      const piece = new Uint8Array(64 * 1024).fill(byte);
      for (let left = sizeBytes; left > 0; left -= piece.byteLength)
        yield piece.subarray(0, Math.min(left, piece.byteLength));
    },
  };
}

export async function linesOf(target: BackupTarget, prefix = ''): Promise<ObjectInfo[]> {
  const lines: ObjectInfo[] = [];
  for await (const line of target.list(prefix)) lines.push(line);
  return lines;
}

export async function keysOf(target: BackupTarget, prefix = ''): Promise<string[]> {
  return (await linesOf(target, prefix)).map(({ key }) => key);
}

export async function textOf(target: BackupTarget, key: string): Promise<string> {
  const pieces: Uint8Array[] = [];
  for await (const piece of target.get(key)) pieces.push(piece);
  return Buffer.concat(pieces).toString('utf8');
}

/** A committed snapshot of small files. */
export async function snapshot(
  target: BackupTarget,
  root: string,
  files: Readonly<Record<string, string>>,
): Promise<void> {
  const batch = await target.begin({ root });
  for (const [name, value] of Object.entries(files)) await batch.put(`${root}/${name}`, text(value));
  await batch.commit({ key: `${root}/record`, body: body('record') });
}
