import { type Dirent, lstatSync, readdirSync } from 'node:fs';
import { withinReach } from '../files/index.js';
import { orderKey } from '../snapshot/path-order.js';

const SLASH = Buffer.from('/');

/** A name in a folder. */
export interface Child {
  readonly name: Buffer;
  readonly isFolder: boolean;
}

/** What is in a folder, in the order of the manifest. @throws the error of the system. */
export function readChildren(location: Buffer): Child[] {
  const entries = withinReach(location, (address) =>
    readdirSync(address, { encoding: 'buffer', withFileTypes: true }),
  ) as unknown as Dirent<Buffer>[];
  const children = entries.map((entry) => {
    const name = entry.name;
    const isFolder = entry.isDirectory() || (isOfUnknownKind(entry) && isFolderNow(joinBytes(location, name)));
    return { name, isFolder, key: orderKey(name, isFolder) };
  });
  return children.sort((left, right) => Buffer.compare(left.key, right.key));
}

/** Some file systems do not tell the kind with the name. */
function isOfUnknownKind(entry: Dirent<Buffer>): boolean {
  return !(
    entry.isFile() ||
    entry.isSymbolicLink() ||
    entry.isSocket() ||
    entry.isFIFO() ||
    entry.isBlockDevice() ||
    entry.isCharacterDevice()
  );
}

function isFolderNow(location: Buffer): boolean {
  return withinReach(location, (address) => lstatSync(address, { throwIfNoEntry: false }))?.isDirectory() === true;
}

/** A path of bytes below a folder. */
export function joinBytes(folder: Buffer, name: Buffer): Buffer {
  // The root folder ends with its slash already.
  return Buffer.concat(folder.at(-1) === SLASH[0] ? [folder, name] : [folder, SLASH, name]);
}
