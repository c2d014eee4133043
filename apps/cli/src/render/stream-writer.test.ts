import { Writable } from 'node:stream';
import { expect, test, vi } from 'vitest';
import { streamWriter } from './stream-writer.js';

/** A stream each write of which fails. */
function failing(code: string): Writable {
  return new Writable({
    write(_chunk, _encoding, done) {
      done(Object.assign(new Error(code), { code }));
    },
  });
}

test('a full disk is told once, before the flush is over, and what follows goes nowhere', async () => {
  const onFault = vi.fn();
  const writer = streamWriter(failing('ENOSPC'), onFault);
  writer.line('one');
  writer.line('two');
  await writer.flush();
  expect(onFault).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ code: 'ENOSPC' }));
  expect(writer.closed).toBe(true);
  writer.line('three');
  await writer.room();
  await writer.flush();
  expect(onFault).toHaveBeenCalledOnce();
});

test('a reader that has left is no fault', async () => {
  const onFault = vi.fn();
  const writer = streamWriter(failing('EPIPE'), onFault);
  writer.line('one');
  await writer.flush();
  expect(onFault).not.toHaveBeenCalled();
  expect(writer.closed).toBe(true);
});
