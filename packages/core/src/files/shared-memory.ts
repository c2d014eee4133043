/** Pieces of bytes one behind the other in a memory that threads share. */
export interface SharedBytes {
  readonly memory: SharedArrayBuffer;
  /** Where each piece begins, and behind the last one where they end. */
  readonly starts: readonly number[];
}

/** The memory that holds all these pieces: their own, where they lie in one already, or a copy. For what a thread is to work on. */
export function sharedMemoryOf(pieces: readonly Uint8Array[]): SharedBytes {
  const [first] = pieces;
  const starts: number[] = [];
  let end = first?.byteOffset ?? 0;
  let isOne = true;
  for (const piece of pieces) {
    isOne &&= piece.buffer === first?.buffer && (piece.byteOffset === end || piece.byteLength === 0);
    starts.push(end);
    end += piece.byteLength;
  }
  starts.push(end);
  if (isOne && first?.buffer instanceof SharedArrayBuffer) return { memory: first.buffer, starts };
  const offset = starts[0] ?? 0;
  const memory = new SharedArrayBuffer(end - offset);
  const all = new Uint8Array(memory);
  for (const [index, piece] of pieces.entries()) all.set(piece, (starts[index] ?? 0) - offset);
  return { memory, starts: starts.map((start) => start - offset) };
}
