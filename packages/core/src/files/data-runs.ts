/** Zeros are looked for in blocks of this size: the smallest that common file systems can leave out. */
const BLOCK_BYTES = 4096;
const ZEROS = Buffer.alloc(BLOCK_BYTES);

/** A part of some bytes that has to be written. */
export interface DataRun {
  readonly start: number;
  readonly end: number;
}

/**
 * What of a piece has to be written to a new file so that the rest, blocks of zeros, can stay a hole: the file reads the same, and takes
 * no space there. Whoever writes so must give the file its length at the end, for it may end with a hole.
 *
 * @param position where the piece begins in the file.
 */
export function* dataRuns(piece: Uint8Array, position: number): Generator<DataRun> {
  let start: number | undefined;
  for (let at = 0; at < piece.byteLength; ) {
    const end = Math.min(piece.byteLength, at + BLOCK_BYTES - ((position + at) % BLOCK_BYTES));
    if (!isZero(piece, at, end)) start ??= at;
    else if (start !== undefined) {
      yield { start, end: at };
      start = undefined;
    }
    at = end;
  }
  if (start !== undefined) yield { start, end: piece.byteLength };
}

function isZero(bytes: Uint8Array, start: number, end: number): boolean {
  // Nearly always the first byte tells, and costs less than a call.
  return bytes[start] === 0 && ZEROS.compare(bytes, start, end, 0, end - start) === 0;
}
