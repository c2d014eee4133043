import { HoldfastError } from '../../holdfast-error.js';
import { assertUsable, readCatalog, readTargetHeader, writeRefusal } from '../../plain/index.js';
import { OWN_FOLDER } from '../../snapshot/index.js';
import type { BackupTarget, CallOptions } from '../../target/index.js';
import { isNewer, type WholeSnapshot } from '../catalog-view.js';

/** What a target holds that matters to a new snapshot. */
export interface TargetSurvey {
  readonly target: BackupTarget;
  /** Whole snapshots that have a source in common with the new one, the newest first. Where only one can stand, that is one, whatever it is of. */
  readonly relatives: readonly WholeSnapshot[];
  /** The largest `sequence` among those, the removed ones too: one that is brought back must not count as newer than what came after it. */
  readonly lastSequence: number;
  /** Nothing of Holdfast's is there yet. */
  readonly isNew: boolean;
  /** No header is there, or none that is whole: one is to be written. */
  readonly lacksHeader: boolean;
}

/**
 * Looks at a target before anything is copied.
 *
 * @throws HoldfastError `FORMAT_UNSUPPORTED`; `TARGET_NOT_EMPTY` if other content is there and `adoptPlace` is not set.
 */
export async function surveyTarget(
  target: BackupTarget,
  sourceIds: ReadonlySet<string>,
  adoptPlace: boolean,
  options: CallOptions,
): Promise<TargetSurvey> {
  const header = await readTargetHeader(target, options);
  if (header !== undefined) assertUsable(target.url, header, writeRefusal);
  const relatives: WholeSnapshot[] = [];
  let ours = header !== undefined;
  let lastSequence = 0;
  for await (const item of readCatalog(target, options)) {
    if (item.status === 'none') continue;
    ours = true;
    // Whole or not: what is put beside the record of one snapshot would never be found again.
    if (item.prefix === '') throw isOneSnapshot(target);
    const placed = item.status === 'removed' ? item.was : item;
    if (placed.status !== 'ok') continue;
    const { sources } = placed.record.payload;
    if (target.capabilities.oneRoot === undefined && !sources.some(({ id }) => sourceIds.has(id))) continue;
    lastSequence = Math.max(lastSequence, placed.record.payload.sequence);
    if (item.status === 'ok') relatives.push(item);
  }
  if (!ours && !adoptPlace) await refuseForeignContent(target, options);
  return {
    target,
    relatives: relatives.sort((left, right) => (isNewer(left, right) ? -1 : 1)),
    lastSequence,
    isNew: !ours,
    lacksHeader: header === undefined,
  };
}

function isOneSnapshot(target: BackupTarget): HoldfastError {
  return new HoldfastError({
    code: 'TARGET_NOT_EMPTY',
    message: `${target.url} is itself one snapshot; no other can be put into it`,
    hint: 'Name the folder above it, or a new place.',
  });
}

async function refuseForeignContent(target: BackupTarget, options: CallOptions): Promise<void> {
  for await (const { key } of target.list('', { ...options, oneLevel: true })) {
    // What a first backup left that was killed, or a header that is damaged.
    if (key === `${OWN_FOLDER}/`) continue;
    throw new HoldfastError({
      code: 'TARGET_NOT_EMPTY',
      message: `${target.url} holds other things ("${key}"), and no snapshot`,
      hint: 'Name an empty or a new place, or confirm with --yes that snapshots belong there.',
    });
  }
}
