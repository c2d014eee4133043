// What a tree of files is, so that two can be compared: names as bytes, types, contents, modes, times, links.
import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';

const SLASH = Buffer.from('/');
/** A time set through Node is true to about a microsecond. */
const TIME_STEP_NS = 2000n;

/**
 * One line of facts for each file, folder and link in and below `root` (a path or its bytes), by path relative to it.
 * @returns {Map<string, { path: string, type: string, mode: number, mtimeNs: bigint, content: string }>}
 */
export function readTree(root) {
  const entries = new Map();
  const visit = (path, relative) => {
    const info = lstatSync(path, { bigint: true });
    const type = info.isSymbolicLink() ? 'link' : info.isDirectory() ? 'folder' : 'file';
    entries.set(relative.toString('latin1'), {
      path: relative.toString('utf8') || '.',
      type,
      mode: Number(info.mode & 0o7777n),
      mtimeNs: info.mtimeNs,
      content: contentOf(path, type),
    });
    if (type !== 'folder') return;
    for (const name of readdirSync(path, { encoding: 'buffer' })) {
      const below = relative.length === 0 ? name : Buffer.concat([relative, SLASH, name]);
      visit(Buffer.concat([path, SLASH, name]), below);
    }
  };
  visit(Buffer.from(root), Buffer.alloc(0));
  return entries;
}

function contentOf(path, type) {
  if (type === 'link') return readlinkSync(path, { encoding: 'buffer' }).toString('latin1');
  return type === 'file' ? createHash('sha256').update(readFileSync(path)).digest('hex') : '';
}

/** What differs between two trees, one sentence each; empty when they are equal. */
export function differences(expected, found) {
  const sentences = [];
  for (const [key, left] of expected) {
    const right = found.get(key);
    if (right === undefined) sentences.push(`${left.path} is missing`);
    else if (left.type !== right.type) sentences.push(`${left.path} is a ${right.type}, not a ${left.type}`);
    else if (left.content !== right.content) sentences.push(`${left.path} has other content`);
    // A link's own mode means nothing on Linux, and its time cannot be set everywhere.
    else if (left.type !== 'link' && left.mode !== right.mode) sentences.push(`${left.path} has another mode`);
    else if (left.type !== 'link' && distance(left.mtimeNs, right.mtimeNs) > TIME_STEP_NS)
      sentences.push(`${left.path} has another time`);
  }
  for (const [key, right] of found) if (!expected.has(key)) sentences.push(`${right.path} is too much`);
  return sentences;
}

function distance(left, right) {
  return left > right ? left - right : right - left;
}
