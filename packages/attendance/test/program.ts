import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { onTestFinished } from 'vitest';
import type { AttendanceEvent } from '../src/index.js';

/** Where a Python may be that has both: the one on the path is often another one than that of the system, which Debian's packages are for. */
const CANDIDATES = ['/usr/bin/python3', 'python3', 'python'];
const FILES = join(import.meta.dirname, 'files.py');

let found: string | undefined;

/** @throws if no Python here has NumPy and openpyxl: the tests that need it are not skipped in silence. */
function python(...words: readonly string[]): string {
  found ??= CANDIDATES.find((candidate) => {
    try {
      execFileSync(candidate, ['-c', 'import numpy, openpyxl'], { stdio: 'ignore' });
      return true;
    } catch {
      return false;
    }
  });
  if (found === undefined)
    throw new Error('no Python here with NumPy and openpyxl: install python3-numpy, python3-openpyxl');
  return execFileSync(found, [FILES, ...words], { encoding: 'utf8' });
}

function folder(): string {
  return realpathSync(mkdtempSync(join(tmpdir(), 'holdfast-attendance-test-')));
}

/** What Python wrote, once for all files of tests that this process runs; every test gets a copy. */
const written = folder();
python('write', written);
process.once('exit', () => rmSync(written, { recursive: true, force: true }));

/** A place with the files of an attendance program, and none of its backups yet. */
export class Program {
  readonly root: string = folder();
  readonly dataDir: string = join(this.root, 'encodings');
  readonly excelFile: string = join(this.root, 'data.xlsx');
  /** Its parent does not exist yet. */
  readonly backupDir: string = join(this.root, 'var', 'backup');
  readonly events: AttendanceEvent[] = [];

  constructor() {
    onTestFinished(() => rmSync(this.root, { recursive: true, force: true }));
    cpSync(written, this.root, { recursive: true, preserveTimestamps: true });
  }

  /** What every call gets. */
  get options() {
    return { stateDirectory: this.at('state'), reporter: (event: AttendanceEvent) => void this.events.push(event) };
  }

  at(...names: readonly string[]): string {
    return join(this.root, ...names);
  }

  /** What NumPy and openpyxl read. */
  read(dataDir: string = this.dataDir, excelFile: string = this.excelFile): unknown {
    return JSON.parse(python('read', dataDir, excelFile));
  }

  /** Every file and its bytes, below a folder. */
  bytes(path: string): Readonly<Record<string, string>> {
    return Object.fromEntries(files(path).map((name) => [name, readFileSync(join(path, name)).toString('base64')]));
  }

  /** Every encoding and the workbook. */
  all(dataDir: string = this.dataDir, excelFile: string = this.excelFile): Readonly<Record<string, string>> {
    return { ...this.bytes(dataDir), workbook: readFileSync(excelFile).toString('base64') };
  }

  /** What was told of files: `copied npy/a.npy`. */
  told(type: 'file' | 'skipped' = 'file'): string[] {
    return this.events.flatMap((event) => {
      if (event.type === 'file' && type === 'file') return [`${event.action} ${event.path}`];
      return event.type === 'skipped' && type === 'skipped' ? [`${event.code} ${event.path}`] : [];
    });
  }

  /** The sentence that came last. */
  get lastMessage(): string | undefined {
    const last = this.events.at(-1);
    return last?.type === 'done' ? last.message : undefined;
  }

  /** What an operation that goes wrong leaves: a changed encoding, a lost one, a new one, a broken workbook. */
  goWrong(): void {
    writeFileSync(join(this.dataDir, 'John_Doe_EMP001_0.npy'), 'torn');
    rmSync(join(this.dataDir, 'archive'), { recursive: true, force: true });
    writeFileSync(this.excelFile, readFileSync(this.excelFile).subarray(0, 2000));
  }
}

/** The files below a folder, by their paths there. */
export function files(path: string): string[] {
  if (!existsSync(path)) return [];
  return readdirSync(path, { recursive: true, encoding: 'utf8' })
    .filter((name) => !lstatSync(join(path, name)).isDirectory())
    .map((name) => relative('', name))
    .sort();
}

/** The same without what the engine needs beside them. */
export function shownFiles(path: string): string[] {
  return files(path).filter((name) => !name.startsWith('.holdfast'));
}

/** The tree that design 1 asks for. */
export const TREE: readonly string[] = [
  'data_backup.Late comers.csv',
  'data_backup.csv',
  'excel/data.xlsx',
  'npy/John_Doe_EMP001_0.npy',
  'npy/John_Doe_EMP001_1.npy',
  'npy/archive/Ada_Lovelace_EMP002_0.npy',
];
