import { execFileSync, spawnSync } from 'node:child_process';
import { type BigIntStats, lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { expect } from 'vitest';

/** Are the programs there that read and set extended attributes? */
export const hasXattrs: boolean = spawnSync('getfattr', ['--version']).status === 0;

/** What is at one path: all of it, but the time. */
export interface FullEntry {
  readonly what: string;
  readonly mtimeNs: bigint;
}

/** Everything below a folder, and the folder itself as `.`, by paths whose bytes are those of latin1. */
export function fullTree(root: string): ReadonlyMap<string, FullEntry> {
  const found = new Map<string, FullEntry>();
  const firstNames = new Map<bigint, string>();
  const look = (location: Buffer, path: string): void => {
    const stats = lstatSync(location, { bigint: true });
    found.set(path, { what: describe(location, path, stats, firstNames), mtimeNs: stats.mtimeNs });
    if (!stats.isDirectory()) return;
    for (const name of readdirSync(location, { encoding: 'buffer' }).sort(Buffer.compare))
      look(Buffer.concat([location, Buffer.from('/'), name]), `${path}/${name.toString('latin1')}`);
  };
  look(Buffer.from(root), '.');
  if (hasXattrs) for (const [path, text] of xattrsBelow(root)) append(found, path, text);
  return found;
}

function describe(location: Buffer, path: string, stats: BigIntStats, firstNames: Map<bigint, string>): string {
  const own = `${(stats.mode & 0o7777n).toString(8)} ${stats.uid}:${stats.gid}`;
  if (stats.isSymbolicLink()) return `link ${readlinkSync(location, { encoding: 'latin1' })} ${stats.uid}:${stats.gid}`;
  if (stats.isDirectory()) return `folder ${own}`;
  if (!stats.isFile()) return `special ${own}`;
  const first = firstNames.get(stats.ino) ?? path;
  firstNames.set(stats.ino, first);
  return `file ${own} ${readFileSync(location).toString('base64')} = ${first}`;
}

/** One call for all of it: a program for each file would take longer than the test. */
function xattrsBelow(root: string): Map<string, string> {
  const dump = execFileSync('getfattr', ['-R', '-h', '-P', '-d', '-m', '^user\\.', '--', '.'], {
    cwd: root,
    encoding: 'latin1',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const found = new Map<string, string>();
  for (const block of dump.split('\n\n')) {
    const [head = '', ...lines] = block.trim().split('\n');
    if (!head.startsWith('# file: ')) continue;
    const name = head.slice(8).replace(/\\([0-7]{3})/g, (_, octal) => String.fromCharCode(Number.parseInt(octal, 8)));
    found.set(name === '.' ? '.' : `./${name}`, lines.sort().join(' '));
  }
  return found;
}

function append(found: Map<string, FullEntry>, path: string, text: string): void {
  const entry = found.get(path);
  if (entry !== undefined) found.set(path, { ...entry, what: `${entry.what} ${text}` });
}

/** What Node can set. */
const TIME_TOLERANCE_NS = 2000n;

/** How two trees differ, a line for each path. */
export function differences(
  actual: ReadonlyMap<string, FullEntry>,
  wanted: ReadonlyMap<string, FullEntry>,
): Map<string, string> {
  const found = new Map<string, string>();
  for (const path of new Set([...actual.keys(), ...wanted.keys()])) {
    const [is, was] = [actual.get(path), wanted.get(path)];
    const apartNs = (is?.mtimeNs ?? 0n) - (was?.mtimeNs ?? 0n);
    if (is?.what !== was?.what) found.set(path, `${was?.what ?? 'nothing'} -> ${is?.what ?? 'nothing'}`);
    else if (apartNs > TIME_TOLERANCE_NS || apartNs < -TIME_TOLERANCE_NS) found.set(path, `time ${apartNs} ns off`);
  }
  return found;
}

/** Expects a folder to be just what it was. */
export function expectAsItWas(root: string, wanted: ReadonlyMap<string, FullEntry>): void {
  expect([...differences(fullTree(root), wanted)]).toEqual([]);
}
