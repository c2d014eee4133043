import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readLines } from './read-lines.js';

const tooLong = (): Error => new Error('too long');

/** Gives the bytes in pieces that end at the given places, from one buffer that is used again for each. */
async function* inPieces(bytes: Uint8Array, cuts: readonly number[]): AsyncGenerator<Uint8Array> {
  const ends = [...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length].sort((left, right) => left - right);
  const buffer = new Uint8Array(bytes.length);
  let start = 0;
  for (const end of ends) {
    buffer.fill(0xee);
    buffer.set(bytes.subarray(start, end));
    yield buffer.subarray(0, end - start);
    start = end;
  }
}

async function linesOf(bytes: Uint8Array, cuts: readonly number[], maxLineBytes = 1000): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of readLines(inPieces(bytes, cuts), maxLineBytes, tooLong)) lines.push(line.toString('latin1'));
  return lines;
}

describe('lines of a stream', () => {
  it('are the same however the stream is cut into pieces', async () => {
    const texts = fc
      .array(fc.string({ unit: fc.constantFrom('a', 'é', '\n', '\r', '\0') }), { maxLength: 20 })
      .map((parts) => parts.join('\n'));
    await fc.assert(
      fc.asyncProperty(texts, fc.array(fc.nat(), { maxLength: 10 }), async (text, cuts) => {
        const bytes = Buffer.from(text, 'latin1');
        const expected = text.split('\n');
        if (expected.at(-1) === '') expected.pop();
        expect(await linesOf(bytes, cuts)).toEqual(expected);
      }),
    );
  });

  it('end where a line is too long, before more of it is held; lines before it were given', async () => {
    const lines: string[] = [];
    let given = 0;
    async function* endless(): AsyncGenerator<Uint8Array> {
      yield Buffer.from('short\n');
      for (;;) {
        given += 1;
        yield Buffer.alloc(100, 'x');
      }
    }
    const reading = async (): Promise<void> => {
      for await (const line of readLines(endless(), 1000, tooLong)) lines.push(line.toString());
    };
    await expect(reading()).rejects.toThrow('too long');
    expect(lines).toEqual(['short']);
    expect(given).toBe(11);
  });

  it('may be exactly as long as allowed', async () => {
    const line = Buffer.from(`${'x'.repeat(1000)}\n`);
    expect(await linesOf(line, [500])).toHaveLength(1);
    await expect(linesOf(Buffer.from(`${'x'.repeat(1001)}\n`), [500])).rejects.toThrow('too long');
    await expect(linesOf(Buffer.from('x'.repeat(1001)), [])).rejects.toThrow('too long');
  });
});
