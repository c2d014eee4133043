import { type Change, type ChangedPart, type ComparedContents, type ComparedEntry, displayName } from '@holdfast/core';
import type { Colours } from './colours.js';
import { comparedJson, comparedLines } from './compared-contents.js';
import type { ListedItem } from './output.js';
import { countText, fileTimeText, sizeText } from './quantities.js';

/** A folder that came or went as a whole, and what of it was not listed. */
interface Folded {
  readonly change: Change;
  readonly inside: string;
  files: number;
  bytes: number;
}

/**
 * Differences as lines, each with a letter before it: `+` added, `-` removed, `M` changed, `T` of another type, `R` moved,
 * `U` only metadata. Below a changed file stands how its content differs, where `compare` can say it. With `fold` a folder that came or went whole is one line, behind what was moved into it.
 */
export async function* changeItems(
  changes: AsyncIterable<Change>,
  colours: Colours,
  fold: boolean,
  compare: (change: Change) => Promise<ComparedContents | undefined> = async () => undefined,
): AsyncGenerator<ListedItem> {
  let folded: Folded | undefined;
  for await (const change of changes) {
    if (folded !== undefined && !change.path.startsWith(folded.inside)) {
      yield foldedItem(folded, colours);
      folded = undefined;
    }
    if (folded?.change.kind === change.kind) {
      const entry = change.after ?? change.before;
      if (entry?.type !== 'directory') folded.files += 1;
      if (entry?.type === 'file') folded.bytes += entry.sizeBytes;
    } else if (fold && (change.after ?? change.before)?.type === 'directory' && isWhole(change))
      folded = { change, inside: `${change.path}/`, files: 0, bytes: 0 };
    else yield changeItem(change, await compare(change), colours);
  }
  if (folded !== undefined) yield foldedItem(folded, colours);
}

function isWhole({ kind }: Change): boolean {
  return kind === 'added' || kind === 'removed';
}

function foldedItem({ change, files, bytes }: Folded, colours: Colours): ListedItem {
  const inside = files === 0 ? '' : `  (${countText(files, 'file')}, ${sizeText(bytes)})`;
  return { text: nameText(change, colours) + inside, json: changeJson(change) };
}

function changeItem(change: Change, compared: ComparedContents | undefined, colours: Colours): ListedItem {
  const details = detailsOf(change);
  const text = nameText(change, colours) + (details.length === 0 ? '' : `  (${details.join(', ')})`);
  if (compared === undefined) return { text, json: changeJson(change) };
  const lines = comparedLines(compared, colours).map((line) => `    ${line}`);
  return { text: [text, ...lines].join('\n'), json: { ...changeJson(change), content: comparedJson(compared) } };
}

function nameText(change: Change, colours: Colours): string {
  const { kind, path, before, after, parts } = change;
  const mark = (after ?? before)?.type === 'directory' ? '/' : '';
  const name = displayName(path) + mark;
  if (kind === 'added') return colours.green(`+ ${name}`);
  if (kind === 'removed') return colours.red(`- ${name}`);
  if (kind === 'moved') return colours.yellow(`R ${displayName(before?.path ?? '')} -> ${name}`);
  if (kind === 'metadata') return `U ${name}`;
  return colours.yellow(`${parts.includes('type') ? 'T' : 'M'} ${name}`);
}

function detailsOf({ kind, before, after, parts }: Change): string[] {
  const entry = after ?? before;
  if (before === undefined || after === undefined) {
    if (entry?.type === 'symlink') return [`link to ${displayName(entry.linkTarget)}`];
    return entry?.type === 'file' ? [sizeText(entry.sizeBytes)] : [];
  }
  const details = parts.map((part) => partText(part, before, after));
  return kind === 'moved' && after.type === 'file' ? [sizeText(after.sizeBytes), ...details] : details;
}

function partText(part: ChangedPart, before: ComparedEntry, after: ComparedEntry): string {
  switch (part) {
    case 'type':
      return `${kindText(before)} -> ${kindText(after)}`;
    case 'content':
      return before.type === 'file' && after.type === 'file' ? sizesText(before.sizeBytes, after.sizeBytes) : 'content';
    case 'target':
      return before.type === 'symlink' && after.type === 'symlink'
        ? `to ${displayName(after.linkTarget)}, was to ${displayName(before.linkTarget)}`
        : 'target';
    case 'mode':
      return `mode ${before.mode} -> ${after.mode}`;
    case 'time':
      return timesText(BigInt(before.mtimeNs), BigInt(after.mtimeNs));
    case 'owner':
      return `owner ${before.uid}:${before.gid} -> ${after.uid}:${after.gid}`;
    case 'xattrs':
      return `attributes ${xattrNames(before, after).map(displayName).join(', ')}`;
  }
}

/** Of the extended attributes those that differ. */
function xattrNames(before: ComparedEntry, after: ComparedEntry): string[] {
  const names = new Set([...Object.keys(before.xattrs ?? {}), ...Object.keys(after.xattrs ?? {})]);
  return [...names].filter((name) => before.xattrs?.[name] !== after.xattrs?.[name]).sort();
}

function kindText({ type }: ComparedEntry): string {
  if (type === 'symlink') return 'link';
  return type === 'directory' ? 'folder' : 'file';
}

function sizesText(before: number, after: number): string {
  const [left, right] = [sizeText(before), sizeText(after)];
  return left === right ? right : `${left} -> ${right}`;
}

function timesText(before: bigint, after: bigint): string {
  const [left, right] = [fileTimeText(before), fileTimeText(after)];
  return left === right ? 'time, within a second' : `time ${left} -> ${right}`;
}

function changeJson({ kind, path, before, after, parts }: Change): ListedItem['json'] {
  return {
    type: 'change',
    kind,
    path,
    parts,
    ...(before === undefined ? {} : { before }),
    ...(after === undefined ? {} : { after }),
  };
}
