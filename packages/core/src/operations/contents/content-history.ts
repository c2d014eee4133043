import { askInspector, entryContentOf } from '../../content/index.js';
import { throwIfAborted } from '../../holdfast-error.js';
import {
  type ContentInspector,
  type ContentValue,
  faulty,
  type Inspection,
  inspectorFor,
} from '../../inspect/index.js';
import type { FileEntry } from '../../snapshot/index.js';
import { type FindPathsOptions, type FindPathsSummary, findPaths } from '../look/find-paths.js';
import type { FoundPath, FoundVersion } from '../look/found-paths.js';
import { showSnapshot } from '../look/show.js';
import { stoppable } from '../stoppable.js';
import { holdPlace, type LookOptions } from './content-place.js';
import { type InspectedContent, isInspection, linesOf, recordedContent } from './inspect-content.js';

export interface ContentHistoryOptions extends FindPathsOptions, LookOptions {
  /** Look at what stood at this place (`Attendance!B7`, `[3, 17]`) in each version; at the whole content where it is left out. */
  readonly place?: string | undefined;
}

/** What a version of a file holds. */
export interface VersionContent extends FoundVersion {
  /** Of a file that an inspector is for, and where no place was asked for. */
  readonly inspected?: InspectedContent;
  /** What stood at the place: `undefined` in it where there was nothing. Absent where it could not be seen, or was not asked for. */
  readonly value?: { readonly found: ContentValue | undefined };
  /** Why it could not be seen. */
  readonly unseen?: Inspection;
  /** There is no version before it of which the place is known, or it held something else. */
  readonly isChange: boolean;
}

/** A path with all its versions, oldest first. */
export interface PathHistory extends Omit<FoundPath, 'versions'> {
  readonly versions: readonly VersionContent[];
}

export interface ContentHistory extends Omit<FindPathsSummary, 'found'> {
  readonly found: readonly PathHistory[];
}

/**
 * Every version of the files that patterns name, and what is in each, or at one place of each. Snapshots that follow each other with the same bytes are
 * one version, and no content is read twice. Where the manifest says what was in a file, nothing is read.
 *
 * @throws as {@link findPaths} does.
 */
export async function contentHistory(options: ContentHistoryOptions): Promise<ContentHistory> {
  return stoppable(options, async (within) => {
    const { found, ...summary } = await findPaths(within);
    const history: PathHistory[] = [];
    for (const path of found) history.push(await new PathLooker(path, within).history());
    return { ...summary, found: history };
  });
}

type Look = Pick<VersionContent, 'inspected' | 'value' | 'unseen'>;

/** Looks into the versions of one path. */
class PathLooker {
  readonly #path: FoundPath;
  readonly #options: ContentHistoryOptions;
  readonly #inspector: ContentInspector | undefined;
  /** By the hash of the content: it may have come back. */
  readonly #seen = new Map<string, Look>();

  constructor(path: FoundPath, options: ContentHistoryOptions) {
    this.#path = path;
    this.#options = options;
    this.#inspector = inspectorFor(options.inspectors, path.path);
  }

  async history(): Promise<PathHistory> {
    const versions: VersionContent[] = [];
    let before: string | undefined;
    for (const version of this.#path.versions) {
      throwIfAborted(this.#options.signal);
      const look = version.entry.type === 'file' ? await this.#look(version, version.entry) : {};
      const now = look.value === undefined ? undefined : valueText(look.value.found);
      const isChange = this.#options.place === undefined || (now !== undefined && now !== before);
      before = now ?? before;
      versions.push({ ...version, ...look, isChange });
    }
    return { ...this.#path, versions };
  }

  async #look(version: FoundVersion, entry: FileEntry): Promise<Look> {
    const inspector = this.#inspector;
    const { place } = this.#options;
    if (inspector === undefined) return {};
    const known = this.#seen.get(entry.sha256);
    if (known !== undefined) return known;
    const content = place === undefined ? recordedContent(entry, inspector) : undefined;
    const look =
      content === undefined
        ? await this.#lookInto(version, entry, inspector)
        : { inspected: { content, lines: linesOf(content, inspector), isRecorded: true } };
    this.#seen.set(entry.sha256, look);
    return look;
  }

  async #lookInto({ lastSnapshotId }: FoundVersion, entry: FileEntry, inspector: ContentInspector): Promise<Look> {
    const { target, signal, place } = this.#options;
    const snapshot = await showSnapshot({ target, which: lastSnapshotId, signal });
    try {
      const held = await holdPlace({ snapshot, entry }, { signal });
      if (isInspection(held)) return { unseen: held };
      try {
        if (place !== undefined) return await this.#valueAt(place, held.file, inspector);
        const answer = await askInspector(this.#options, (within) => inspector.inspect(held.file, within));
        const content = entryContentOf(inspector, answer);
        return { inspected: { content, lines: linesOf(content, inspector), isRecorded: false } };
      } finally {
        await held.close();
      }
    } finally {
      await snapshot.close();
    }
  }

  async #valueAt(
    place: string,
    file: Parameters<ContentInspector['inspect']>[0],
    inspector: ContentInspector,
  ): Promise<Look> {
    if (inspector.valueAt === undefined)
      return { unseen: faulty('UNSUPPORTED', `there are no places in files of the kind ${inspector.kind}`) };
    const answer = await askInspector(this.#options, async (within) => inspector.valueAt?.(file, place, within));
    return answer !== undefined && 'status' in answer ? { unseen: answer } : { value: { found: answer } };
  }
}

function valueText(value: ContentValue | undefined): string {
  return value === undefined ? '' : JSON.stringify([value.text, value.formula]);
}
