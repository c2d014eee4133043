import { lstatSync, rmdirSync, unlinkSync } from 'node:fs';
import { FolderHandle, FolderTrail, isSystemError } from '../../destination/index.js';
import { errorCode, type FileFlusher } from '../../files/index.js';
import { throwIfAborted } from '../../holdfast-error.js';
import { reasonOf } from '../../source/index.js';
import { type Deletion, isAsListed } from './deletion-list.js';
import type { LiveSource } from './live-source.js';
import type { MayGo } from './restore-fetch.js';
import type { RestorePlanner } from './restore-planner.js';
import { attributesProblem } from './restore-problems.js';
import type { RestoreTally } from './restore-tally.js';

/** What deletions are done with. */
export interface DeletionContext {
  readonly sources: readonly LiveSource[];
  readonly dryRun: boolean;
  readonly signal: AbortSignal | undefined;
  readonly tally: RestoreTally;
  /** Makes folders durable that something was deleted from. */
  readonly flusherAt: (folder: string) => FileFlusher | undefined;
  /** In a dry run: is told what would be deleted. */
  readonly planner?: RestorePlanner | undefined;
  /** Will something else get the name of a folder that is deleted? */
  readonly isCleared: (pathBytes: Buffer) => boolean;
  /** Is what is to be deleted kept? */
  readonly mayGo: MayGo;
}

/**
 * Deletes what was listed, and nothing else: each thing must still be what it was. It is found through folders that are held
 * open, by the names they have in the list, so no link that is put on the way leads elsewhere; and a folder goes only when it
 * is empty. The times of the folders that something is deleted from stay as they are.
 */
export async function carryOutDeletions(deletions: AsyncIterable<Deletion>, context: DeletionContext): Promise<void> {
  const { dryRun, signal, tally } = context;
  const trails = new Map<LiveSource, FolderTrail>();
  try {
    for await (const deletion of deletions) {
      throwIfAborted(signal);
      const path = deletion.pathBytes.toString('utf8');
      if (dryRun) {
        const source = sourceOf(path, context.sources);
        await context.planner?.goes(
          source.from,
          namesBelow(source, deletion),
          trailOf(source, context, trails),
          deletion,
          context.isCleared(deletion.pathBytes),
        );
        tally.deletedEntry(deletion.type, path, deletion.sizeBytes);
        continue;
      }
      try {
        const source = sourceOf(path, context.sources);
        const fault = deleteOne(deletion, source, trailOf(source, context, trails), context.mayGo);
        if (fault === undefined) tally.deletedEntry(deletion.type, path, deletion.sizeBytes);
        else if (fault !== 'gone') tally.fail({ code: 'EXISTS', path, message: `not deleted: ${fault}` });
      } catch (error) {
        if (!isSystemError(error)) throw error;
        tally.fail({ code: 'UNWRITABLE', path, message: `not deleted: ${reasonOf(error)}`, cause: error });
      }
    }
  } finally {
    for (const trail of trails.values()) trail.close();
  }
}

function sourceOf(path: string, sources: readonly LiveSource[]): LiveSource {
  const [name] = path.split('/', 1);
  const source = sources.find(({ resolved }) => resolved.name === name);
  if (source === undefined) throw new Error(`nothing is deleted outside of the sources: ${path}`);
  return source;
}

function trailOf(source: LiveSource, context: DeletionContext, trails: Map<LiveSource, FolderTrail>): FolderTrail {
  const known = trails.get(source);
  if (known !== undefined) return known;
  const { folder } = source.from;
  const trail = new FolderTrail(
    FolderHandle.open(folder),
    (handle) => {
      const descriptor = handle.openToFlush();
      if (descriptor === undefined) return;
      void context.flusherAt(folder)?.addFolder(descriptor, handle.path.toString('utf8'));
    },
    ({ path }, cause) => context.tally.fail(attributesProblem(path.toString('utf8'), cause)),
  );
  trails.set(source, trail);
  return trail;
}

/** Why it stays; `gone` where it is there no more; `undefined` when it has been deleted. */
function deleteOne(deletion: Deletion, source: LiveSource, trail: FolderTrail, mayGo: MayGo): string | undefined {
  const names = namesBelow(source, deletion);
  const name = names.pop();
  if (name === undefined) return 'it is a source itself';
  let fault: string | undefined;
  const isThere = trail.changeIn(names, name, (address) => {
    fault = removeIfAsListed(address, deletion, mayGo);
  });
  return isThere ? fault : 'gone';
}

function namesBelow(source: LiveSource, { pathBytes }: Deletion): Buffer[] {
  return [...source.from.names, ...namesOf(pathBytes).slice(1)];
}

function removeIfAsListed(address: Buffer, deletion: Deletion, mayGo: MayGo): string | undefined {
  const { type } = deletion;
  const now = lstatSync(address, { bigint: true, throwIfNoEntry: false });
  if (now === undefined) return 'gone';
  if (!isAsListed(now, deletion) || (type !== 'directory' && !mayGo(now, address))) return CHANGED;
  if (type !== 'directory') {
    unlinkSync(address);
    return undefined;
  }
  try {
    rmdirSync(address);
    return undefined;
  } catch (error) {
    const code = errorCode(error);
    if (code === 'ENOTEMPTY' || code === 'EEXIST')
      return 'something stands in it that was not there when it was listed';
    throw error;
  }
}

const CHANGED = 'it has changed since it was listed';

function namesOf(pathBytes: Buffer): Buffer[] {
  const names: Buffer[] = [];
  let start = 0;
  for (let slash = pathBytes.indexOf(0x2f); slash !== -1; slash = pathBytes.indexOf(0x2f, start)) {
    names.push(pathBytes.subarray(start, slash));
    start = slash + 1;
  }
  names.push(pathBytes.subarray(start));
  return names;
}
