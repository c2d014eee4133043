import { HoldfastError } from '../../holdfast-error.js';
import type { PlainSnapshot } from '../../plain/index.js';
import type { SnapshotSource } from '../../snapshot/index.js';

/**
 * What rules left out for these reasons cannot be told from something new, as it is now: a file that was too large may be small, what
 * lay on another file system may lie on none of its own, and a file of rules that is not in the snapshot may say something else.
 */
const UNTOLD = {
  tooLarge: (count: number) => `${count} too large`,
  tooSmall: (count: number) => `${count} too small`,
  otherFileSystem: (count: number) => `${count} on another file system`,
  ruleFiles: (count: number) =>
    `what ${count === 1 ? 'a file' : `${count} files`} of rules named that it does not hold`,
};

/**
 * Refuses to delete what a snapshot is known to lack: what could not be read when it was taken, or was left out for reasons that names
 * cannot tell, is not in it, and would be taken for something new.
 *
 * @param names the sources in which something is to be deleted.
 * @throws HoldfastError `INCOMPLETE`.
 */
export function refuseIncomplete({ id, record }: PlainSnapshot, names: ReadonlySet<string>): void {
  const { flags, sources } = record.payload;
  const left = sources.filter(({ name }) => names.has(name)).map(leftOutUntold);
  const reason = flags.includes('incomplete')
    ? 'it is incomplete: what could not be read when it was taken, or was on a disk that was not mounted, would be deleted'
    : sources.some(({ rules }) => rules?.omitted === true)
      ? 'it does not hold all the rules it was taken by: what they left out would be deleted'
      : left.find((one) => one !== undefined);
  if (reason === undefined) return;
  throw new HoldfastError({
    code: 'INCOMPLETE',
    message: `nothing is deleted to make things as in snapshot ${id}: ${reason}`,
    hint: 'See with --dry-run --even-incomplete what that is; --even-incomplete deletes it, --exclude spares what it names, without --delete it stays.',
  });
}

/** Why what was left out of a source may be deleted; `undefined` where its rules can tell it. */
function leftOutUntold({ name, rules = {}, leftOut }: SnapshotSource): string | undefined {
  const what = leftOut === undefined ? maybeLeftOut(rules) : countedLeftOut(leftOut);
  if (what === '') return undefined;
  return `rules left out of "${name}" what cannot be told from something new, and would be deleted: ${what}`;
}

function countedLeftOut(leftOut: Readonly<Record<string, number>>): string {
  const counted = Object.entries(UNTOLD).map(([reason, text]) => ({ count: leftOut[reason] ?? 0, text }));
  return counted.flatMap(({ count, text }) => (count === 0 ? [] : [text(count)])).join(', ');
}

/** Older records do not say whether anything was. */
function maybeLeftOut(rules: NonNullable<SnapshotSource['rules']>): string {
  const hasSizes = rules.excludeLargerThanBytes !== undefined || rules.excludeSmallerThanBytes !== undefined;
  const maybe = [
    ...(hasSizes ? ['files by their size'] : []),
    ...(rules.oneFileSystem === true ? ['what lay on another file system'] : []),
  ];
  return maybe.join(', ');
}
