import { SharedPieces } from '../../flow/shared-pieces.js';
import type { FileEntry } from '../../snapshot/index.js';
import type { Reading, SourceFile } from '../../source/index.js';
import type { CallOptions } from '../../target/index.js';
import type { FileOnLanes } from './file-on-lanes.js';

/**
 * Stores a file on every lane that does not hold it, in one reading that is passed to all of them as it goes. A target that
 * has to repeat its put reads by itself; whether it read the same, the caller settles.
 *
 * @param draft the entry as far as it is known before the content has been read.
 * @param progress told of each piece of the one reading, which goes on when it has resolved.
 * @throws ChangedWhileRead if the file changed meanwhile; then nothing is stored.
 */
export async function streamFile(
  file: SourceFile,
  place: FileOnLanes,
  draft: FileEntry,
  progress: (piece: Uint8Array) => Promise<void> | void,
  options: CallOptions,
): Promise<Reading> {
  let common: Reading | undefined;
  const repeated = new Map<number, Reading>();
  const shared = new SharedPieces(place.laneCount, async function* () {
    const pieces = file.pieces(true, (reading) => {
      common = reading;
    });
    for await (const piece of pieces) {
      await progress(piece);
      yield piece;
    }
  });
  await place.store(
    async (lane, key, index) => {
      let opened = false;
      const open = (): AsyncIterable<Uint8Array> => {
        if (opened) return file.pieces(true, (reading) => repeated.set(index, reading));
        opened = true;
        return shared.pieces(index);
      };
      await lane.put(key, draft, { sizeBytes: file.sizeBytes, open }, options);
      return (repeated.get(index) ?? common)?.sha256;
    },
    (index) => shared.leave(index),
  );
  const reading = common ?? [...repeated.values()].at(0);
  if (reading === undefined) throw new Error('no target took the file');
  return reading;
}
