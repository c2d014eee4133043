import { join } from 'node:path';
import type { PlainSnapshot } from '../../plain/index.js';
import type { FileEntry } from '../../snapshot/index.js';
import type { ResolvedSource } from '../../source/index.js';
import type { CallOptions } from '../../target/index.js';
import type { ContentPlace } from '../contents/content-place.js';
import { fileContent } from '../look/file-content.js';
import { sourceNameOf } from '../look/lacking-sources.js';
import type { Change, ComparedEntry } from './diff-entry.js';

/** Both sides of a file whose content is another one. */
export interface ChangedContents {
  readonly before: ContentPlace;
  readonly after: ContentPlace;
}

/** Where the sides of a comparison have their bytes. */
export interface ContentSides {
  readonly before: PlainSnapshot;
  /** Absent where the live files are the other side. */
  readonly after: PlainSnapshot | undefined;
  readonly live: readonly ResolvedSource[];
}

/** The places of both contents, where a change is one of the content of a file. They can be looked into for as long as the target is open. */
export function changedContents(
  sides: ContentSides,
  change: Change,
  options: CallOptions,
): ChangedContents | undefined {
  const { before, after, parts } = change;
  if (!parts.includes('content') || before?.type !== 'file' || after?.type !== 'file') return undefined;
  const left = storedPlace(sides.before, before, options);
  const right = sides.after === undefined ? livePlace(sides.live, after) : storedPlace(sides.after, after, options);
  return left === undefined || right === undefined ? undefined : { before: left, after: right };
}

function storedPlace(snapshot: PlainSnapshot, entry: ComparedEntry, options: CallOptions): ContentPlace | undefined {
  // A live file's entry does not say whether it was stable.
  if (!('stable' in entry)) return undefined;
  return { snapshot: { content: (file) => fileContent(snapshot, file, options) }, entry: entry as FileEntry };
}

function livePlace(sources: readonly ResolvedSource[], { path, pathBytes }: ComparedEntry): ContentPlace | undefined {
  const source = sources.find(({ name }) => name === sourceNameOf(path));
  // A name that is no text cannot be said as a path that is one.
  if (source === undefined || pathBytes !== undefined) return undefined;
  const inside = path.slice(source.entryPath.length + 1);
  return { livePath: inside === '' ? source.realPath : join(source.realPath, ...inside.split('/')) };
}
