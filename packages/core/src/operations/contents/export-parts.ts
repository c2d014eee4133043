import { lstat, realpath, stat } from 'node:fs/promises';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { claimStaging, errorCode, removeEmptyFolders, sweepStaging, syncMadeFolders } from '../../files/index.js';
import { HoldfastError, throwIfAborted } from '../../holdfast-error.js';
import type { ExportPart } from '../../inspect/index.js';
import { displayName, type EntryContent, ExportNames, foldName, RESTORE_STAGING_FOLDER } from '../../snapshot/index.js';
import { reasonOf } from '../../source/index.js';
import { stoppable } from '../stoppable.js';
import type { ContentPlace, LookOptions } from './content-place.js';
import { type ExportedContent, exportContent } from './export-content.js';
import { partFiles, publishPart, type StagedPart } from './part-files.js';

/** What is written where. */
export interface ExportPartsOptions extends LookOptions {
  /** The file of the first part. Further ones stand beside it, with their names in theirs: `out.csv`, `out.Sheet2.csv`. */
  readonly to: string;
  /** Only the part of this name, into `to`. */
  readonly part?: string | undefined;
  /** Texts as they are, also those that a spreadsheet would run as a formula. */
  readonly raw?: boolean | undefined;
  /**
   * Says whether files that stand there may be replaced; asked once, with all of them, before anything is. Without it nothing is
   * replaced.
   */
  readonly mayReplace?: ((paths: readonly string[]) => boolean | Promise<boolean>) | undefined;
}

/** A part as a file. */
export interface WrittenPart {
  readonly name: string;
  readonly path: string;
  readonly sizeBytes: number;
}

export interface ExportPartsSummary {
  /** Of a content that is not sound nothing is written. */
  readonly content: EntryContent;
  readonly parts: readonly WrittenPart[];
}

/**
 * Writes the parts of a stored or a live file (the sheets of a workbook) as files that need no tool: all of them aside first, then each
 * under its name, durable. Stopped, or killed, none has a name that is not whole. A file that cannot be looked into is no error: the
 * answer says why. `undefined` where no inspector that exports is for it.
 *
 * @throws HoldfastError `NO_MATCH` for a part that is not there; `FILE_EXISTS`; `DESTINATION`; `ABORTED`; what `mayReplace` throws
 */
export async function exportParts(
  place: ContentPlace,
  options: ExportPartsOptions,
): Promise<ExportPartsSummary | undefined> {
  return stoppable(options, (within) => writeParts(place, within));
}

type LivePlace = Extract<ContentPlace, { readonly livePath: string }>;

async function writeParts(given: ContentPlace, options: ExportPartsOptions): Promise<ExportPartsSummary | undefined> {
  const to = resolve(options.to);
  const place = 'livePath' in given ? await realPlace(given, options.to) : given;
  const staging = join(dirname(to), RESTORE_STAGING_FOLDER);
  const claim = await claimStaging(staging).catch((error: unknown) => {
    throw unwritable(options.to, error);
  });
  // Folders that had to be made to hold it, outermost first.
  const made = claim.folders.made.filter((folder) => folder !== staging);
  const files = partFiles(
    claim.path,
    (part) => isWanted(part, options.part),
    (error) => unwritable(options.to, error),
  );
  try {
    await sweepStaging(staging, claim);
    const { inspectors, limits, raw, signal } = options;
    const exported = await exportContent(place, { inspectors, limits, raw, signal, sink: files });
    if (exported === undefined) return undefined;
    const { content } = exported.inspection;
    if (content.status !== 'sound') return { content, parts: [] };
    const chosen = chosenOf(await files.finish(), exported, options.part);
    const named = namesOf(chosen, to, options.part !== undefined);
    const replaced = await standing(named.map(({ path }) => path));
    if (replaced.size > 0 && (await options.mayReplace?.([...replaced])) !== true) throw existing([...replaced]);
    throwIfAborted(signal);
    for (const { staged, path } of named) await publish(staged, path, replaced.has(path));
    await syncMadeFolders({ made, stood: claim.folders.stood });
    return { content, parts: named.map(({ name, path, sizeBytes }) => ({ name, path, sizeBytes })) };
  } finally {
    await files.close();
    await claim.release();
    await removeEmptyFolders([staging, ...made.reverse()]);
  }
}

/**
 * The file that a path means, through links, under the name that was given: a link may be called like a workbook, and its file `data.v3`. What is read must
 * not be replaced by what comes out of it, whatever is answered to the question.
 *
 * @throws HoldfastError `SOURCE_MISSING`, `DESTINATION`
 */
async function realPlace({ livePath: path, name = path }: LivePlace, to: string): Promise<LivePlace> {
  const real = await realpath(path).catch((error: unknown) => {
    throw new HoldfastError({
      code: 'SOURCE_MISSING',
      message: `${displayName(path)} cannot be read: ${reasonOf(error)}`,
      hint: 'Check the path; is a disk not mounted?',
      cause: error,
    });
  });
  if (real !== (await realpath(to).catch(() => undefined))) return { livePath: real, name };
  throw new HoldfastError({
    code: 'DESTINATION',
    message: `${displayName(to)} is the file that is read`,
    hint: 'Name another file.',
  });
}

/** Spreadsheets do not tell the case of a sheet's name. */
function isWanted({ name }: ExportPart, wanted: string | undefined): boolean {
  return wanted === undefined || foldName(name) === foldName(wanted);
}

/** @throws HoldfastError `NO_MATCH` */
function chosenOf(
  staged: readonly StagedPart[],
  { parts, others }: ExportedContent,
  wanted: string | undefined,
): readonly StagedPart[] {
  if (wanted === undefined) return staged;
  const exact = staged.filter(({ part }) => part.name === wanted);
  const chosen = exact.length > 0 ? exact : staged;
  if (chosen.length === 1) return chosen;
  const names = [...parts, ...others].map(({ name }) => `"${displayName(name)}"`);
  const listed = names.length > 20 ? [...names.slice(0, 20), `and ${names.length - 20} more`] : names;
  throw new HoldfastError({
    code: 'NO_MATCH',
    message: `${chosen.length === 0 ? 'there is no sheet' : 'there are several sheets'} "${displayName(wanted)}"`,
    hint: `There is ${listed.join(', ') || 'no sheet at all'}.`,
  });
}

function namesOf(
  staged: readonly StagedPart[],
  to: string,
  isOne: boolean,
): readonly { readonly name: string; readonly staged: string; readonly path: string; readonly sizeBytes: number }[] {
  const ending = extname(to);
  const names = new ExportNames();
  const stem = basename(to, ending);
  return staged.map(({ part, staged, sizeBytes }) => {
    const isFirst = isOne || part.index === 0;
    const extension = ending === '' ? part.extension : ending.slice(1);
    const file = names.nameOf(stem, { name: part.name, index: isFirst ? 0 : part.index, extension });
    // The first one goes where the caller said, whatever its ending.
    return { name: part.name, staged, sizeBytes, path: isFirst ? to : join(dirname(to), file) };
  });
}

async function standing(paths: readonly string[]): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  for (const path of paths) {
    const stats = await lstat(path).catch(() => undefined);
    if (stats?.isDirectory() === true) throw unwritable(path, new Error('a folder stands there'));
    // /dev/stdout is a link to what would be gone for every program.
    const meant = await stat(path).catch(() => undefined);
    if (meant !== undefined && !meant.isFile() && !meant.isDirectory())
      throw unwritable(path, new Error('what stands there is no file, and is not replaced by one'));
    if (stats !== undefined) found.add(path);
  }
  return found;
}

async function publish(staged: string, path: string, replace: boolean): Promise<void> {
  try {
    await publishPart(staged, path, replace);
  } catch (error) {
    throw errorCode(error) === 'EEXIST' ? existing([path]) : unwritable(path, error);
  }
}

function existing(paths: readonly string[]): HoldfastError {
  const [first = '', ...others] = paths;
  const more = others.length === 0 ? '' : `, and ${others.length} more of these names`;
  return new HoldfastError({
    code: 'FILE_EXISTS',
    message: `${displayName(first)} is there already${more}`,
    hint: 'Choose another name, or allow that it is replaced.',
  });
}

function unwritable(path: string, error: unknown): HoldfastError {
  return new HoldfastError({
    code: 'DESTINATION',
    message: `${displayName(path)} cannot be written: ${reasonOf(error)}`,
    hint: 'Name a place in a folder that can be written.',
    cause: error,
  });
}
