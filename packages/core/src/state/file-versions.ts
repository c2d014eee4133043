import type { BigIntStats } from 'node:fs';
import { createReadStream } from 'node:fs';
import { dirname, join } from 'node:path';
import { makeFolders } from '../files/index.js';
import { readLineBatches } from '../flow/read-lines.js';
import { Spool } from '../flow/spool.js';
import { replaceFile } from './replace-file.js';

/** A line of the local state: which version of a file was read, and what was in it. */
export interface FileVersion {
  readonly pathBytes: Buffer;
  readonly sizeBytes: string;
  readonly mtimeNs: string;
  readonly ctimeNs: string;
  readonly inode: string;
  readonly device: string;
  readonly sha256: string;
  /** When its bytes were last read, milliseconds since 1970. */
  readonly readAtMs: number;
  /** By what its extended attributes are known again, empty for none (`xattrsDigest`); absent where they were not looked at. */
  readonly xattrs?: string | undefined;
}

const HEADER = '["holdfast file versions",1]';
const MAX_LINE_BYTES = 64 * 1024;

/**
 * Is the live file the very version that was read? Size, both times, inode and device must be equal: ctime shows an edit that
 * put the mtime back, the inode a replacement. Windows' ctime is not that, so it does not count there.
 */
export function isSameVersion(
  version: FileVersion,
  stats: BigIntStats,
  platform: NodeJS.Platform = process.platform,
): boolean {
  return (
    version.sizeBytes === String(stats.size) &&
    version.mtimeNs === String(stats.mtimeNs) &&
    (platform === 'win32' || version.ctimeNs === String(stats.ctimeNs)) &&
    version.inode === String(stats.ino) &&
    version.device === String(stats.dev)
  );
}

/**
 * May a version be remembered at all? Only if its times are older than the start of the snapshot by more than the file system's
 * step: a write within the same step would leave the times as they are, and never be seen.
 */
export function isSettled(stats: BigIntStats, startedAtMs: number, timestampStepNs: bigint): boolean {
  const limitNs = BigInt(startedAtMs) * 1_000_000n - timestampStepNs;
  return stats.mtimeNs < limitNs && stats.ctimeNs < limitNs;
}

/** What one source's files were when they were last read, in the order of their paths. */
export class FileVersions {
  readonly #stateDirectory: string;
  readonly #path: string;
  readonly #next = new Spool();

  constructor(stateDirectory: string, sourceId: string) {
    this.#stateDirectory = stateDirectory;
    this.#path = join(stateDirectory, 'sources', sourceId, 'files.jsonl');
  }

  /** The versions of the last backup, some hundred at a time; none if there was none or the file is not as it was written. */
  read(): AsyncGenerator<readonly FileVersion[]> {
    return readVersions(this.#path, (header) => header === HEADER);
  }

  /** Remembers a version, for the next backup; in ascending order of paths. Await the promise where there is one. */
  remember(version: FileVersion): Promise<void> | undefined {
    return this.#next.appendText(versionLine(version));
  }

  /** Puts what was remembered in the place of the last backup's. */
  async save(): Promise<void> {
    await makeFolders(dirname(this.#path), { mode: 0o700 });
    await replaceFile(this.#stateDirectory, this.#path, this.#text());
  }

  async close(): Promise<void> {
    await this.#next.close();
  }

  async *#text(): AsyncGenerator<string> {
    yield `${HEADER}\n`;
    for await (const chunk of this.#next.read()) yield Buffer.from(chunk).toString('latin1');
  }
}

/** A version from the live file's stats. */
export function versionOf(
  pathBytes: Buffer,
  stats: BigIntStats,
  sha256: string,
  readAtMs: number,
  xattrs?: string,
): FileVersion {
  return {
    pathBytes,
    sizeBytes: String(stats.size),
    mtimeNs: String(stats.mtimeNs),
    ctimeNs: String(stats.ctimeNs),
    inode: String(stats.ino),
    device: String(stats.dev),
    sha256,
    readAtMs,
    xattrs,
  };
}

/** A version as it stands in a file. */
export function versionLine(version: FileVersion): string {
  const { pathBytes, sizeBytes, mtimeNs, ctimeNs, inode, device, sha256, readAtMs, xattrs } = version;
  // As JSON would write it: there is nothing to escape in numbers, Base64 and hex.
  const texts = [pathBytes.toString('base64'), sizeBytes, mtimeNs, ctimeNs, inode, device, sha256].join('","');
  const last = xattrs === undefined ? '' : `,"${xattrs}"`;
  return `["${texts}",${readAtMs}${last}]\n`;
}

/**
 * The versions of a file, some hundred at a time, up to the first line that is none: what is torn or foreign ends them, without an
 * error. They only save work: what is not known is read from the source.
 */
export async function* readVersions(
  path: string,
  isHeader: (line: string) => boolean,
): AsyncGenerator<readonly FileVersion[]> {
  try {
    let first = true;
    const chunks = createReadStream(path);
    for await (const lines of readLineBatches(chunks, MAX_LINE_BYTES, () => new Error('too long'))) {
      if (first && !isHeader(lines.shift()?.toString('latin1') ?? '')) return;
      first = false;
      const versions = lines.map(parseVersion);
      const end = versions.indexOf(undefined);
      yield (end === -1 ? versions : versions.slice(0, end)) as FileVersion[];
      if (end !== -1) return;
    }
  } catch {
    return;
  }
}

/** `["Base64","size","mtime","ctime","inode","device","sha256",readAt]`, and perhaps `,"xattrs"` behind it: texts without any escape. */
const LINE =
  /^\["([A-Za-z0-9+/=]*)","(\d+)","(-?\d+)","(-?\d+)","(\d+)","(\d+)","([0-9a-f]{64})",(\d{1,15})(?:,"([0-9a-f]{0,16})")?\]$/;

/** `undefined` for what is no version. */
function parseVersion(line: Buffer): FileVersion | undefined {
  const match = LINE.exec(line.toString('latin1'));
  if (match === null) return undefined;
  const [
    ,
    path = '',
    sizeBytes = '',
    mtimeNs = '',
    ctimeNs = '',
    inode = '',
    device = '',
    sha256 = '',
    readAt,
    xattrs,
  ] = match;
  const pathBytes = Buffer.from(path, 'base64');
  return { pathBytes, sizeBytes, mtimeNs, ctimeNs, inode, device, sha256, readAtMs: Number(readAt), xattrs };
}
