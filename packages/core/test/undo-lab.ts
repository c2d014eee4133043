import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { expect } from 'vitest';
import { newestRestore, type UndoRestoreOptions, type UndoRestoreSummary, undoRestore } from '../src/index.js';
import { expectSameTree, scratch } from './workspace.js';

/** A copy of a tree as it is now, hard links and all, to compare with later. */
export function copyOf(path: string): string {
  const copy = join(scratch(), 'copy');
  execFileSync('cp', ['-a', path, copy]);
  return copy;
}

/** Takes back what was done last. */
export async function undo(
  stateDirectory: string,
  options: Partial<UndoRestoreOptions> = {},
): Promise<UndoRestoreSummary> {
  const planned = newestRestore(stateDirectory);
  if (planned === undefined) throw new Error('there is nothing to undo');
  return undoRestore({ stateDirectory, planned, ...options });
}

/** Expects the same tree, and that the same names are names of one file. */
export function expectJustTheSame(actual: string, expected: string): void {
  expectSameTree(actual, expected);
  expect(namesOfOne(actual)).toEqual(namesOfOne(expected));
}

/** The groups of names that are one file. */
function namesOfOne(root: string): string[][] {
  const groups = new Map<number, string[]>();
  for (const name of readdirSync(root, { recursive: true, encoding: 'utf8' }).sort()) {
    const stats = lstatSync(join(root, name));
    if (stats.isFile()) groups.set(stats.ino, [...(groups.get(stats.ino) ?? []), name]);
  }
  return [...groups.values()].filter(({ length }) => length > 1).sort();
}

/** One thing that happens to a tree. */
export interface Happening {
  readonly what: 'write' | 'append' | 'mkdir' | 'remove' | 'symlink' | 'link' | 'mode' | 'time';
  readonly path: string;
  readonly other: string;
  readonly value: number;
}

const names = fc.constantFrom('a', 'b', 'c', 'ä');
const path: fc.Arbitrary<string> = fc.array(names, { minLength: 1, maxLength: 3 }).map((parts) => parts.join('/'));

/** Things that happen to a tree, so few names that they meet. */
export const happenings: fc.Arbitrary<Happening[]> = fc.array(
  fc.record({
    what: fc.constantFrom('write', 'write', 'append', 'mkdir', 'remove', 'symlink', 'link', 'mode', 'time'),
    path,
    other: path,
    value: fc.nat(7),
  }),
  { minLength: 4, maxLength: 14 },
);

/** Does them; what cannot be done in this tree is not done. */
export function happen(root: string, list: readonly Happening[]): void {
  for (const one of list) {
    try {
      happenOnce(root, one);
    } catch {}
  }
}

function happenOnce(root: string, { what, path, other, value }: Happening): void {
  const place = join(root, path);
  const isLink = lstatSync(place, { throwIfNoEntry: false })?.isSymbolicLink() === true;
  if (what === 'remove') rmSync(place, { recursive: true });
  else if (what === 'mkdir') mkdirSync(place, { recursive: true });
  else if (what === 'mode' && !isLink) chmodSync(place, 0o700 | value);
  else if (what === 'time' && !isLink) utimesSync(place, 1_700_000_000 + value, 1_700_000_000 + value);
  else if (what === 'append' && !isLink) appendFileSync(place, `+${value}`);
  if (what !== 'write' && what !== 'symlink' && what !== 'link') return;
  mkdirSync(dirname(place), { recursive: true });
  if (what === 'link') linkSync(join(root, other), place);
  else if (what === 'symlink') symlinkSync(other, place);
  else if (!isLink) writeFileSync(place, String(value).repeat(value));
}
