import type { Writable } from 'node:stream';

/** A stream that may end before its writer does: its reader leaves (`holdfast list | head -1`), or its disk is full. */
export interface StreamWriter {
  /** What is written goes nowhere. */
  readonly closed: boolean;
  /** Writes a line. */
  line(text: string): void;
  /** Writes bytes as they are. */
  bytes(chunk: Uint8Array): void;
  /** Resolves when the reader has room for more. */
  room(): Promise<void>;
  /** Resolves when everything written has been handed over, or `onFault` has been told why it was not. */
  flush(): Promise<void>;
}

/**
 * Writes lines to a stream, quietly nowhere once its reader has left. Any other error, of a full disk behind `>` say, must
 * not pass in silence: `onFault` is told of it, once.
 */
export function streamWriter(stream: Writable, onFault: (error: NodeJS.ErrnoException) => void): StreamWriter {
  let closed = false;
  stream.on('error', (error: NodeJS.ErrnoException) => {
    // One write that fails brings others with it.
    if (closed) return;
    closed = true;
    if (error.code !== 'EPIPE' && error.code !== 'EOF') onFault(error);
  });
  return {
    get closed() {
      return closed;
    },
    line(text) {
      if (!closed) stream.write(`${text}\n`);
    },
    bytes(chunk) {
      if (!closed) stream.write(chunk);
    },
    async room() {
      if (closed || !stream.writableNeedDrain) return;
      await new Promise<void>((resolve) => {
        const done = (): void => {
          stream.off('drain', done);
          stream.off('close', done);
          stream.off('error', done);
          resolve();
        };
        stream.on('drain', done);
        stream.on('close', done);
        stream.on('error', done);
      });
    },
    async flush() {
      if (closed) return;
      if (stream.writableLength > 0) await new Promise<void>((resolve) => stream.write('', () => resolve()));
      // A stream may tell of its error only after its last callback.
      await new Promise<void>((resolve) => setImmediate(resolve));
    },
  };
}
