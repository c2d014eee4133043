import { type Dirent, lstatSync, readdirSync } from 'node:fs';

import { withinReach } from '../files/index.js';

const SLASH = Buffer.from('/');

/** Every file and folder at the given paths and below them, by its bytes; follows no link. */
export function* findRestored(paths: Iterable<Buffer>): Generator<Buffer> {
  for (const path of paths) {
    const stats = withinReach(path, (address) => lstatSync(address, { throwIfNoEntry: false }));
    if (stats?.isDirectory()) yield* findBelow(path);
    else if (stats?.isFile()) yield path;
  }
}

function* findBelow(folder: Buffer): Generator<Buffer> {
  const entries = withinReach(folder, (address) =>
    readdirSync(address, { withFileTypes: true, encoding: 'buffer' }),
  ) as unknown as Dirent<Buffer>[];
  for (const entry of entries) {
    const path = Buffer.concat([folder, SLASH, entry.name]);
    if (entry.isDirectory()) yield* findBelow(path);
    else if (entry.isFile()) yield path;
  }
  yield folder;
}
