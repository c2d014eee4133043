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
  let pending: Buffer[] = [];
  let pendingBytes = 0;
  for await (const chunk of chunks) {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    let start = 0;
    for (let end = bytes.indexOf(NEWLINE); end !== -1; end = bytes.indexOf(NEWLINE, start)) {
      const tail = bytes.subarray(start, end);
      if (pendingBytes + tail.length > maxLineBytes) throw tooLong();
      yield pending.length === 0 ? tail : Buffer.concat([...pending, tail]);
      pending = [];
      pendingBytes = 0;
      start = end + 1;
    }
    if (start < bytes.length) {
      // A copy: the producer may use its buffer again.
      pending.push(Buffer.from(bytes.subarray(start)));
      pendingBytes += bytes.length - start;
      if (pendingBytes > maxLineBytes) throw tooLong();
    }
  }
  if (pendingBytes > 0) yield Buffer.concat(pending);
}
