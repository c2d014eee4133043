import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach } from 'vitest';
import type { HoldfastEvent, Problem } from '../src/index.js';

const made: string[] = [];

afterEach(() => {
  for (const path of made.splice(0)) rmSync(path, { recursive: true, force: true });
});

/** A new folder that goes away after the test. */
export function scratch(): string {
  const path = mkdtempSync(join(tmpdir(), 'holdfast-core-'));
  made.push(path);
  return path;
}

/** Times are put well into the past, so that the next backup may trust them. */
const OLD = new Date('2026-01-02T03:04:05.678Z');

/** Writes files (and, where the content is `null`, empty folders; where it begins with `-> `, symlinks) below a folder. */
export function plant(root: string, files: Readonly<Record<string, string | Uint8Array | null>>): void {
  for (const [name, content] of Object.entries(files)) {
    const path = join(root, name);
    mkdirSync(dirname(path), { recursive: true });
    if (content === null) mkdirSync(path, { recursive: true });
    else if (typeof content === 'string' && content.startsWith('-> ')) symlinkSync(content.slice(3), path);
    else {
      writeFileSync(path, content);
      utimesSync(path, OLD, OLD);
    }
  }
}

/** Every path below a folder with what it is: for comparing two trees. Times to the microsecond, which is what Node can set. */
export function treeOf(root: string, below = ''): Record<string, string> {
  const tree: Record<string, string> = {};
  for (const name of readdirSync(join(root, below)).sort()) {
    const path = below === '' ? name : `${below}/${name}`;
    const stats = lstatSync(join(root, path), { bigint: true });
    const facts = `${(stats.mode & 0o7777n).toString(8)} ${stats.mtimeNs / 1000n}`;
    if (stats.isSymbolicLink()) tree[path] = `-> ${readlinkSync(join(root, path))}`;
    else if (stats.isDirectory()) {
      tree[path] = `folder ${facts}`;
      Object.assign(tree, treeOf(root, path));
    } else tree[path] = `file ${facts} ${readFileSync(join(root, path)).toString('base64')}`;
  }
  return tree;
}

/** Collects events. */
export class Told {
  readonly events: HoldfastEvent[] = [];
  readonly listen = (event: HoldfastEvent): void => void this.events.push(event);

  get problems(): Problem[] {
    return this.events.flatMap((event) => (event.type === 'problem' ? [event.problem] : []));
  }
}
