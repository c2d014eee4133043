import { createHash } from 'node:crypto';
import {
  chmodSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';

/** Times lie well in the past, as those of most files that are backed up. */
const OLD = 1_767_323_045.678;
const LARGE_BYTES = 2 * 1024 * 1024;

/** What the first user keeps: a workbook, a folder of small arrays, one large one; a link of each kind; nothing in one folder. */
export function plantSource(root: string): void {
  put(root, 'large.npy', noise('first', LARGE_BYTES));
  for (const name of ['Ada_EMP001_0', 'Bob_EMP002_0', 'Bob_EMP002_1'])
    put(root, `npy/${name}.npy`, `encoding of ${name}`);
  put(root, 'npy/deep/er/ünïcode 😀.npy', 'names');
  put(root, 'empty.npy', '');
  put(root, 'attendance.xlsx', 'workbook');
  put(root, 'private.txt', 'mode', 0o640);
  put(root, 'linked/one.txt', 'one inode, two names');
  linkSync(join(root, 'linked/one.txt'), join(root, 'linked/two.txt'));
  mkdirSync(join(root, 'nothing here'));
  symlinkSync('attendance.xlsx', join(root, 'newest'));
  symlinkSync('/does/not/exist', join(root, 'dangling'));
}

/** A day's work: what a second snapshot has to store anew, beside what it shares. */
export function changeSource(root: string): void {
  put(root, 'attendance.xlsx', 'workbook, a day later');
  put(root, 'large.npy', noise('second', LARGE_BYTES + 7));
  put(root, 'npy/Cleo_EMP003_0.npy', 'encoding of Cleo');
  put(root, 'linked/one.txt', 'one inode, two names, another text');
}

function put(root: string, name: string, content: string | Uint8Array, mode = 0o644): void {
  const path = join(root, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
  chmodSync(path, mode);
  utimesSync(path, OLD, OLD);
}

/** Bytes that no archive makes smaller, the same each time. */
function noise(seed: string, sizeBytes: number): Buffer {
  return createHash('shake256', { outputLength: sizeBytes }).update(seed).digest();
}

/** What is below a folder: for each path its type, mode, time and content, and which names are one inode. */
export function treeOf(root: string): Record<string, string> {
  const tree: Record<string, string> = {};
  const firstNames = new Map<bigint, string>();
  const visit = (folder: string): void => {
    for (const name of readdirSync(join(root, folder)).sort()) {
      const path = folder === '' ? name : `${folder}/${name}`;
      const info = lstatSync(join(root, path), { bigint: true });
      const mode = (info.mode & 0o7777n).toString(8);
      // Node sets a time to about a microsecond.
      const facts = `${mode} ${(info.mtimeNs + 2_000n) / 1_000_000n}`;
      if (info.isSymbolicLink()) tree[path] = `link to ${readlinkSync(join(root, path))}`;
      else if (info.isDirectory()) {
        tree[path] = `folder ${facts}`;
        visit(path);
      } else {
        const first = info.nlink > 1n ? (firstNames.get(info.ino) ?? path) : path;
        if (info.nlink > 1n) firstNames.set(info.ino, first);
        tree[path] = `file ${facts} ${contentOf(join(root, path))}${first === path ? '' : ` = ${first}`}`;
      }
    }
  };
  visit('');
  return tree;
}

/** A digest of a file's bytes. */
export function contentOf(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex');
}
