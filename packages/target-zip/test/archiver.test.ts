import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ZipArchive } from 'archiver';
import { expect, test } from 'vitest';
import { contentOf, keysOf, opened, scratch } from './help.js';

test('archives written by archiver, with sizes and checksums behind the contents, are read and checked', async () => {
  const path = join(scratch(), 'x.zip');
  const archive = new ZipArchive({ zlib: { level: 1 } });
  const contents = { 'r/streamed': 'streamed '.repeat(100_000), 'r/buffered': 'buffered '.repeat(100), 'r/naïve': 'ü' };
  const written = pipeline(archive, createWriteStream(path));
  archive.append(Readable.from([contents['r/streamed']]), { name: 'r/streamed' });
  archive.append(contents['r/buffered'], { name: 'r/buffered' });
  archive.append(contents['r/naïve'], { name: 'r/naïve', store: true });
  await archive.finalize();
  await written;
  const target = await opened(path);
  expect(await keysOf(target)).toEqual(Object.keys(contents).sort());
  for (const [key, content] of Object.entries(contents))
    expect((await contentOf(target, key)).toString()).toBe(content);
});
