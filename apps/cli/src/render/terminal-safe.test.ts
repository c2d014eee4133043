import { expect, test } from 'vitest';
import { terminalSafe } from './terminal-safe.js';

/** What passes before it ends or is refused. */
async function passed(...chunks: readonly (string | Uint8Array)[]): Promise<string> {
  async function* stream(): AsyncGenerator<Uint8Array> {
    for (const chunk of chunks) yield Buffer.from(chunk);
  }
  let text = '';
  try {
    for await (const chunk of terminalSafe(stream(), () => new Error('refused'))) text += Buffer.from(chunk).toString();
  } catch (error) {
    return `${text}! ${(error as Error).message}`;
  }
  return text;
}

test('text passes, also with tabs, line ends and characters cut in two', async () => {
  const bytes = Buffer.from('é🎉');
  expect(await passed('a\tb\r\n', bytes.subarray(0, 1), bytes.subarray(1, 4), bytes.subarray(4))).toBe(
    // Each half alone is no character to Buffer.toString; what matters is that none was refused.
    `a\tb\r\n${bytes.subarray(0, 1).toString()}${bytes.subarray(1, 4).toString()}${bytes.subarray(4).toString()}`,
  );
});

test('nothing passes of a piece that holds what could move a cursor, turn text, or is no UTF-8', async () => {
  for (const bad of ['\x1b[2J', '\0', '\x7f', '\u009b31m', '\u202e', '\u2066', '\b', Buffer.from([0xff])])
    expect(await passed('before ', Buffer.concat([Buffer.from('x'), Buffer.from(bad)]))).toBe('before ! refused');
});

test('a character cut off at the end is refused', async () => {
  expect(await passed(Buffer.from('é').subarray(0, 1))).toMatch(/! refused$/);
});
