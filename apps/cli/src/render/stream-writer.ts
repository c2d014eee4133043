import type { Writable } from 'node:stream';

/** A stream whose reader may leave (`holdfast list | head -1`): what is written after that goes nowhere, quietly. */
export interface StreamWriter {
  readonly closed: boolean;
  /** Writes a line. */
  line(text: string): void;
  /** Resolves when the reader has room for more. */
  room(): Promise<void>;
  /** Resolves when everything written has been handed over. */
  flush(): Promise<void>;
}

/** Writes lines to a stream and survives `EPIPE`. */
export function streamWriter(stream: Writable): StreamWriter {
  let closed = false;
  stream.on('error', (error: NodeJS.ErrnoException) => {
    // A reader that left is its own business. Anything else (a full disk behind `>`) must not pass in silence.
    if (error.code !== 'EPIPE' && error.code !== 'EOF') throw error;
    closed = true;
  });
  return {
    get closed() {
      return closed;
    },
    line(text) {
      if (!closed) stream.write(`${text}\n`);
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
      if (closed || stream.destroyed) return;
      await new Promise<void>((resolve) => stream.write('', () => resolve()));
    },
  };
}
