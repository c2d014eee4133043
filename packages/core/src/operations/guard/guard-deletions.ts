import { errorCode } from '../../files/index.js';
import type { Entry } from '../../snapshot/index.js';
import { liesIn, reasonOf, sourceRules, type Walked, type WalkedEntry } from '../../source/index.js';
import { type GuardedSource, readNoted } from '../../state/index.js';
import { DeletionList } from '../restore/deletion-list.js';
import { DeletionPlan, namesWithinReach, type RecordedPath } from '../restore/deletion-plan.js';
import type { Deletions, DeletionsContext } from '../restore/deletions.js';
import type { LiveSource } from '../restore/live-source.js';
import { everythingNow, foldersFrom, type GuardGround, inOpenFolders } from './guard-ground.js';

/**
 * What a roll back deletes: every name below the sources that is not on the list of what stood there, whatever the rules say of it. In
 * folders that could not be looked into then nothing is deleted, for nothing is known of what they held.
 */
export async function createdSince(
  ground: GuardGround,
  { report, fileSystemOf }: Pick<DeletionsContext, 'report' | 'fileSystemOf'>,
): Promise<Deletions> {
  const sources = ground.record.sources.filter(({ type }) => type === 'directory');
  const live = new Map(sources.map((source) => [liveSource(source), source]));
  const closed: Buffer[] = [];
  for await (const { isClosed, pathBytes } of readNoted(ground.stateDirectory, ground.record.id))
    if (isClosed) closed.push(pathBytes);
  const list = new DeletionList();
  try {
    await new DeletionPlan(
      {
        recorded: () => recordedPaths(ground),
        sources: [...live.keys()],
        namesIn: (folder) => namesIn(sources, folder),
        walk: (source) => walked(ground, live.get(source)),
        chooses: () => true,
        isHoldfastPlace: () => false,
        list,
        signal: ground.signal,
        problem: (problem) => report.problem(problem),
        sparedPlace: () => undefined,
      },
      closed,
    ).make();
  } catch (error) {
    await list.close();
    throw error;
  }
  for (const { realPath } of sources) {
    if ((await fileSystemOf(realPath)).caseSensitive) continue;
    return { list: await list.without(notedNames(ground)), sources: [...live.keys()] };
  }
  return { list, sources: [...live.keys()] };
}

/** Of folders that their mode closes their owner learns it all the same. */
function namesIn(sources: readonly GuardedSource[], folder: Buffer): readonly string[] {
  try {
    return namesWithinReach(folder);
  } catch (error) {
    const source = sources.find(({ realPath }) => liesIn(folder.toString(), realPath));
    if (source === undefined || errorCode(error) !== 'EACCES') throw error;
    return inOpenFolders(foldersFrom(Buffer.from(source.realPath), folder), () => namesWithinReach(folder));
  }
}

async function* recordedPaths({ stateDirectory, record }: GuardGround): AsyncGenerator<RecordedPath> {
  for await (const { pathBytes, kind } of readNoted(stateDirectory, record.id))
    yield { pathBytes, isFolder: kind === 'directory' };
}

async function* notedNames(ground: GuardGround): AsyncGenerator<string> {
  for await (const { pathBytes } of recordedPaths(ground)) yield pathBytes.toString('utf8');
}

function* walked(ground: GuardGround, source: GuardedSource | undefined): Generator<Walked> {
  if (source === undefined) return;
  for (const { kind, notEntered, cause, pathBytes, location, stats } of everythingNow(ground, source)) {
    const type: Entry['type'] = kind === 'special' ? 'file' : kind;
    const entry: WalkedEntry = { pathBytes, location, type, stats };
    yield entry;
    if (notEntered === undefined) continue;
    const path = pathBytes.toString('utf8');
    const unread = {
      code: 'UNREADABLE' as const,
      path,
      message: `what is in it is not known: ${reasonOf(cause)}`,
      cause,
    };
    yield {
      byRule: { path, isFolder: true, reason: 'otherFileSystem' },
      leftOutPath: pathBytes,
      ...(notEntered === 'unreadable' ? { problem: unread } : {}),
    };
  }
}

function liveSource({ name, path, realPath, entryPath }: GuardedSource): LiveSource {
  const resolved = { name, path, realPath, type: 'directory' as const, entryPath, madeFolder: undefined };
  return { resolved: { ...resolved, rules: sourceRules({}) }, from: { folder: realPath, names: [] } };
}
