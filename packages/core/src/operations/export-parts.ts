import { realpath } from 'node:fs/promises';
import { errorCode } from '../files/index.js';
import { HoldfastError, operationAborted } from '../holdfast-error.js';
import { displayName } from '../snapshot/index.js';
import { NoLongerAFile, reasonOf } from '../source/index.js';
import { liveContent } from './live-content.js';
import { type WritePartsOptions, type WritePartsSummary, writeParts } from './write-parts.js';

export interface ExportPartsOptions extends WritePartsOptions {
  /** The live file. It is only read. */
  readonly file: string;
}

/**
 * Writes the parts of a live file (the sheets of a workbook) as files that need no tool. What cannot be looked into is no error: the
 * answer says why, and nothing is written.
 *
 * @throws HoldfastError `SOURCE_MISSING`; `NO_MATCH` for a part that is not there; `FILE_EXISTS`; `DESTINATION`; `ABORTED`
 */
export async function exportParts(options: ExportPartsOptions): Promise<WritePartsSummary> {
  const { file, to, signal } = options;
  await assertReadable(file, to);
  try {
    return await writeParts(options, (folder) =>
      liveContent(file, folder, signal).catch((error: unknown) => {
        signal?.throwIfAborted();
        throw missing(file, error);
      }),
    );
  } catch (error) {
    if (signal?.aborted === true) throw operationAborted(signal.reason);
    throw error;
  }
}

/** Before anything is made where the parts go. */
async function assertReadable(file: string, to: string): Promise<void> {
  const real = await realpath(file).catch((error: unknown) => {
    throw missing(file, error);
  });
  if (real !== (await realpath(to).catch(() => undefined))) return;
  throw new HoldfastError({
    code: 'DESTINATION',
    message: `${displayName(to)} is the file that is read`,
    hint: 'Name another file.',
  });
}

function missing(file: string, error: unknown): HoldfastError {
  const why = error instanceof NoLongerAFile ? 'it is no file' : reasonOf(error);
  return new HoldfastError({
    code: 'SOURCE_MISSING',
    message: `${displayName(file)} cannot be read: ${why}`,
    hint: errorCode(error) === 'ENOENT' ? 'Check the path; is a disk not mounted?' : undefined,
    cause: error,
  });
}
