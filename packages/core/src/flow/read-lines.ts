const NEWLINE = 0x0a;

/**
 * Cuts a stream into lines, without their newlines, as bytes. Text after the last newline is a line too.
 *
 * @param maxLineBytes a longer line ends the iteration with what `tooLong` makes, before it is held in memory.
 */
export async function* readLines(
  chunks: AsyncIterable<Uint8Array>,
  maxLineBytes: number,
  tooLong: () => Error,
): AsyncGenerator<Buffer> {
  for await (const lines of readLineBatches(chunks, maxLineBytes, tooLong)) yield* lines;
}

/** {@link readLines}, all lines of a piece together: one turn for each line would cost more than the line. */
export async function* readLineBatches(
  chunks: AsyncIterable<Uint8Array>,
  maxLineBytes: number,
  tooLong: () => Error,
): AsyncGenerator<Buffer[]> {
  let pending: Buffer[] = [];
  let pendingBytes = 0;
  for await (const chunk of chunks) {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    const lines: Buffer[] = [];
    let isTooLong = false;
    let start = 0;
    for (let end = bytes.indexOf(NEWLINE); end !== -1 && !isTooLong; end = bytes.indexOf(NEWLINE, start)) {
      const tail = bytes.subarray(start, end);
      isTooLong = pendingBytes + tail.length > maxLineBytes;
      if (!isTooLong) lines.push(pending.length === 0 ? tail : Buffer.concat([...pending, tail]));
      pending = [];
      pendingBytes = 0;
      start = end + 1;
    }
    if (lines.length > 0) yield lines;
    if (!isTooLong && start < bytes.length) {
      // A copy: the producer may use its buffer again.
      pending.push(Buffer.from(bytes.subarray(start)));
      pendingBytes += bytes.length - start;
      isTooLong = pendingBytes > maxLineBytes;
    }
    if (isTooLong) throw tooLong();
  }
  if (pendingBytes > 0) yield [Buffer.concat(pending)];
}
