import {
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  rmdirSync,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { isDead, type StagingOwner, thisHost } from '../files/index.js';
import { isSnapshotId } from '../snapshot/snapshot-id.js';
import { type FileVersion, readVersions, versionLine } from './file-versions.js';

/** Below a source's folder: a file for each snapshot that is being made, called by its id. */
const FOLDER = 'staged';
const ENDING = '.jsonl';
const KIND = 'holdfast staged files';
const FORMAT = 1;
/** Lines are written when they have so many bytes, or speak of so many bytes of files: no more is lost by a kill. */
const GATHER_CHARACTERS = 4 * 1024;
const GATHER_FILE_BYTES = 1024 * 1024;
/** A header holds an owner and some addresses. */
const MAX_HEADER_BYTES = 64 * 1024;

/**
 * Notes, while a backup runs, which version of each file its targets have staged. Whoever finds the note of a run that was killed
 * knows what to look for in what that run has left; nothing is believed because it stands here, so nothing is flushed to the disk. It
 * never fails: where it cannot be written, a killed run begins anew.
 */
export class StagingJournal {
  readonly #stateDirectory: string;
  readonly #snapshotId: string;
  readonly #header: string;
  /** By source. */
  readonly #files = new Map<string, OpenJournal>();
  #ended = false;

  /** @param targets the urls of the targets that take things over. */
  constructor(stateDirectory: string, snapshotId: string, targets: readonly string[]) {
    this.#stateDirectory = stateDirectory;
    this.#snapshotId = snapshotId;
    this.#header = `${JSON.stringify([KIND, FORMAT, { owner: thisHost().self, targets }])}\n`;
  }

  /** A file of this version is staged. In ascending order of paths, for each source. */
  note(sourceId: string, version: FileVersion): void {
    if (this.#ended) return;
    let file = this.#files.get(sourceId);
    if (file === undefined) {
      const path = journalPath(this.#stateDirectory, sourceId, this.#snapshotId);
      file = { path, descriptor: undefined, text: this.#header, fileBytes: 0 };
      this.#files.set(sourceId, file);
    }
    if (file.text === undefined) return;
    file.text += versionLine(version);
    file.fileBytes += Number(version.sizeBytes);
    if (file.text.length >= GATHER_CHARACTERS || file.fileBytes >= GATHER_FILE_BYTES) write(file);
  }

  /** The run has come to an end, and has left nothing. */
  end(): void {
    this.#ended = true;
    for (const file of this.#files.values()) {
      file.text = undefined;
      if (file.descriptor === undefined) continue;
      closeSync(file.descriptor);
      file.descriptor = undefined;
      forget(file.path);
    }
  }
}

interface OpenJournal {
  readonly path: string;
  descriptor: number | undefined;
  /** What is to be written; `undefined` when no more is. */
  text: string | undefined;
  fileBytes: number;
}

function write(file: OpenJournal): void {
  try {
    if (file.descriptor === undefined) {
      mkdirSync(dirname(file.path), { recursive: true, mode: 0o700 });
      file.descriptor = openSync(file.path, 'ax', 0o600);
    }
    const bytes = Buffer.from(file.text ?? '', 'latin1');
    // What is written in part ends in a line that is none: whoever reads stops there, and so do we.
    file.text = writeSync(file.descriptor, bytes) === bytes.length ? '' : undefined;
    file.fileBytes = 0;
  } catch {
    file.text = undefined;
  }
}

/** What a run has noted that was killed. */
export interface LeftJournal {
  readonly snapshotId: string;
  /** The urls of the targets it staged in. */
  readonly targets: readonly string[];
  /** The files of a source that it had staged, in the order of their paths. */
  read(sourceId: string): AsyncGenerator<readonly FileVersion[]>;
  /** Removes the notes. */
  forget(): void;
}

/** The notes of killed runs on these sources, the newest first. A run that may live is none. */
export function leftJournals(stateDirectory: string, sourceIds: Iterable<string>): LeftJournal[] {
  const paths = new Map<string, string[]>();
  for (const sourceId of sourceIds) {
    for (const name of namesIn(join(stateDirectory, 'sources', sourceId, FOLDER))) {
      const snapshotId = name.slice(0, -ENDING.length);
      if (!name.endsWith(ENDING) || !isSnapshotId(snapshotId)) continue;
      const path = journalPath(stateDirectory, sourceId, snapshotId);
      paths.set(snapshotId, [...(paths.get(snapshotId) ?? []), path]);
    }
  }
  return [...paths]
    .sort(([left], [right]) => (left < right ? 1 : -1))
    .flatMap(([snapshotId, files]) => {
      const headers = files.map(headerOf);
      // One that cannot be understood is of a run that was killed before it had written a line, or of no run at all.
      if (headers.some((header, index) => isLiving(header, files[index] ?? ''))) return [];
      return [
        {
          snapshotId,
          targets: headers.find((header) => header !== undefined)?.targets ?? [],
          read: (sourceId) => readVersions(journalPath(stateDirectory, sourceId, snapshotId), isHeader),
          forget: () => files.forEach(forget),
        },
      ];
    });
}

interface Header {
  readonly owner: StagingOwner;
  readonly targets: readonly string[];
}

function isLiving(header: Header | undefined, path: string): boolean {
  try {
    return header !== undefined && !isDead(header.owner, statSync(path).mtimeMs, Date.now(), thisHost());
  } catch {
    // It has just come to its end.
    return true;
  }
}

function headerOf(path: string): Header | undefined {
  try {
    return parseHeader(firstLine(path));
  } catch {
    return undefined;
  }
}

function isHeader(line: string): boolean {
  return parseHeader(line) !== undefined;
}

function parseHeader(line: string): Header | undefined {
  try {
    const [kind, format, more] = JSON.parse(line) as [unknown, unknown, Partial<Header>];
    if (kind !== KIND || format !== FORMAT) return undefined;
    const { owner, targets } = more;
    const isOwner = typeof owner?.host === 'string' && Number.isSafeInteger(owner.pid);
    const isTargets = Array.isArray(targets) && targets.every((url) => typeof url === 'string');
    return isOwner && isTargets ? { owner, targets } : undefined;
  } catch {
    return undefined;
  }
}

function firstLine(path: string): string {
  const descriptor = openSync(path, 'r');
  try {
    const bytes = Buffer.alloc(MAX_HEADER_BYTES);
    const text = bytes.toString('latin1', 0, readSync(descriptor, bytes, 0, MAX_HEADER_BYTES, 0));
    return text.slice(0, text.indexOf('\n'));
  } finally {
    closeSync(descriptor);
  }
}

function journalPath(stateDirectory: string, sourceId: string, snapshotId: string): string {
  return join(stateDirectory, 'sources', sourceId, FOLDER, snapshotId + ENDING);
}

/** Best effort, with the folder when nothing else is in it. */
function forget(path: string): void {
  try {
    unlinkSync(path);
    rmdirSync(dirname(path));
  } catch {
    // Another run notes something there, or it is gone already.
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
