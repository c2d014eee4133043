import { createHash } from 'node:crypto';
import { lstatSync, readFileSync } from 'node:fs';
import { withinReach } from '../../files/index.js';
import { throwIfAborted } from '../../holdfast-error.js';
import type { PlainSnapshot } from '../../plain/index.js';
import { type FileEntry, isRefused } from '../../snapshot/index.js';
import { isRuleFile } from '../../source/index.js';
import type { LiveSource } from './live-source.js';

/** Larger ones hold no rules (`MAX_RULE_FILE_BYTES`). */
const MAX_COMPARED_BYTES = 4 * 1024 * 1024;
const SLASH = Buffer.from('/');

/**
 * The folders, by their paths in the snapshot, whose own rules do not stand there now as they did when the snapshot was taken: what they left
 * out then would look like something new. Reads the manifest once.
 */
export async function foldersOfChangedRules(
  snapshot: PlainSnapshot,
  sources: readonly LiveSource[],
  signal: AbortSignal | undefined,
): Promise<Buffer[]> {
  const folders: Buffer[] = [];
  for await (const item of snapshot.entries()) {
    throwIfAborted(signal);
    if (isRefused(item) || item.entry.type !== 'file') continue;
    const { entry, pathBytes } = item;
    if (!isRuleFile(entry.path.slice(entry.path.lastIndexOf('/') + 1))) continue;
    const [top = ''] = entry.path.split('/', 1);
    const source = sources.find(({ resolved }) => resolved.name === top);
    if (source === undefined) continue;
    const below = pathBytes.subarray(Buffer.byteLength(top) + 1);
    const location = Buffer.concat([Buffer.from(source.resolved.realPath), SLASH, below]);
    if (!isAsRecorded(location, entry)) folders.push(pathBytes.subarray(0, pathBytes.lastIndexOf(0x2f)));
  }
  return folders;
}

function isAsRecorded(location: Buffer, entry: FileEntry): boolean {
  try {
    return withinReach(location, (address) => {
      const stats = lstatSync(address);
      if (!stats.isFile() || stats.size !== entry.sizeBytes || stats.size > MAX_COMPARED_BYTES) return false;
      return createHash('sha256').update(readFileSync(address)).digest('hex') === entry.sha256;
    });
  } catch {
    return false;
  }
}
