import { mkdirSync, mkdtempSync, realpathSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { backup, type SnapshotRecord, type SourceSpec, showSnapshot } from '@holdfast/core';
import { copyTree, withPlaces } from './places.js';
import { changeSource, plantSource, treeOf } from './source-tree.js';

/** A target in a folder, a folder of archives, and the local state that goes with them, at one time. */
export interface Stage {
  readonly folder: string;
  readonly archives: string;
  readonly state: string;
}

/**
 * What every world begins with, made once: live files, and targets with one and with two snapshots of them. Nothing in it
 * changes any more, so worlds share what they only read.
 */
export interface Base {
  readonly root: string;
  readonly sources: readonly SourceSpec[];
  /** The live files as they are now, and as a restore has to give them back. */
  readonly tree: Readonly<Record<string, string>>;
  /** The same before the second snapshot. */
  readonly earlierTree: Readonly<Record<string, string>>;
  /** What every record of the live files as they are now says of its contents. */
  readonly contentsSha256: string;
  /** With one snapshot, of the files as they were. */
  readonly first: Stage;
  /** With a second one, of the files as they are. */
  readonly both: Stage;
  /** The ids of the two. */
  readonly ids: readonly [string, string];
  /** The name of a bucket, for worlds that reach to S3; empty where there is none. */
  readonly bucket: string;
  remove(): Promise<void>;
}

/** Long enough that the file system's clock has moved on: only then do files count as unchanged, and are shared. */
const SETTLE_MS = 50;

/** Makes the base, in a temporary folder. Worlds that reach to S3 need the name of a bucket. */
export async function makeBase(bucket = ''): Promise<Base> {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'holdfast-crash-')));
  const remove = async (): Promise<void> => rmSync(root, { recursive: true, force: true });
  try {
    return { ...(await fillBase(root)), root, bucket, remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

async function fillBase(root: string): Promise<Omit<Base, 'root' | 'bucket' | 'remove'>> {
  const live = join(root, 'live');
  mkdirSync(live);
  plantSource(join(live, 'data'));
  writeFileSync(join(live, 'ledger.csv'), 'a file that is a source by itself');
  utimesSync(join(live, 'ledger.csv'), 1_700_000_000, 1_700_000_000);
  const earlierTree = treeOf(live);
  await delay(SETTLE_MS);
  const sources = [{ path: join(live, 'data') }, { path: join(live, 'ledger.csv') }];
  const first = stageIn(join(root, 'first'));
  const one = await backUp(sources, first);
  changeSource(join(live, 'data'));
  await delay(SETTLE_MS);
  await copyTree(join(root, 'first'), join(root, 'both'));
  const both = stageIn(join(root, 'both'));
  const two = await backUp(sources, both);
  const ids = [one.payload.id, two.payload.id] as const;
  const { contentsSha256 } = two.payload;
  return { sources, tree: treeOf(live), earlierTree, contentsSha256, first, both, ids };
}

function stageIn(root: string): Stage {
  return { folder: join(root, 'folder'), archives: join(root, 'archives'), state: join(root, 'state') };
}

async function backUp(sources: readonly SourceSpec[], stage: Stage): Promise<SnapshotRecord> {
  return withPlaces([stage.folder, `zip:${stage.archives}`], async (...targets) => {
    const { problems, snapshotId: which, ...summary } = await backup({ sources, targets, stateDirectory: stage.state });
    const errors = summary.targets.flatMap(({ error }) => (error === undefined ? [] : [error]));
    const [target] = targets;
    if (problems.length + errors.length > 0 || target === undefined) {
      throw new Error('the base could not be made', { cause: errors[0] ?? problems[0]?.cause });
    }
    const shown = await showSnapshot({ target, which });
    await shown.close();
    return shown.record;
  });
}
