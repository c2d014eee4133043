import { constants, fstatSync, lstatSync, openSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type FileSystem, fileFlusher } from '../files/index.js';

const READ_FLAGS = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

/** Makes all that is in a home durable. What was written to a file just before it was kept may not be on the disk yet: that goes with it. */
export async function flushHome(path: string, { kind }: FileSystem): Promise<void> {
  const flusher = fileFlusher({ kind });
  try {
    for (const name of readdirSync(path)) {
      const file = join(path, name);
      const descriptor = openIfFile(file);
      if (descriptor !== undefined) await flusher.add(descriptor, Number(fstatSync(descriptor).size), file);
    }
    if (process.platform !== 'win32') await flusher.addFolder(openSync(path, 'r'), path);
    await flusher.finish({ folder: path, paths: () => readdirSync(path).map((name) => join(path, name)) });
  } finally {
    await flusher.drop();
  }
}

/** What its owner may not read, and what is no file, is as safe as it was. */
function openIfFile(path: string): number | undefined {
  try {
    return lstatSync(path).isFile() ? openSync(path, READ_FLAGS) : undefined;
  } catch {
    return undefined;
  }
}
