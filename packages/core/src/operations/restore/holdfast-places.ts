import { closeSync, lstatSync, openSync, readdirSync, readSync } from 'node:fs';
import { withinReach } from '../../files/index.js';
import { RECORD_KEY, TARGET_HEADER_KEY } from '../../plain/index.js';
import { foldName, OWN_FOLDER } from '../../snapshot/index.js';
import { isSnapshotId } from '../../snapshot/snapshot-id.js';
import type { WalkedEntry } from '../../source/index.js';

/** What makes a folder a target, or a snapshot that lies by itself. */
const STORE_KEYS = [TARGET_HEADER_KEY, RECORD_KEY];
/** In a state folder: the identities of its sources (`sourceIdentity`). */
const STATE_FOLDER = 'sources';
const IDENTITY_FILE = /^[0-9a-f]{32}\.json$/;
/** The local header of a zip's first entry (APPNOTE 4.3.7): its signature, where the length of the name stands, and where the name. */
const ZIP_SIGNATURE = Buffer.from('PK\x03\x04', 'latin1');
const ZIP_NAME_LENGTH_AT = 26;
const ZIP_NAME_AT = 30;
/** An id and the slash behind it fit in. */
const ZIP_HEAD_BYTES = ZIP_NAME_AT + 64;

/**
 * Does Holdfast keep something in this live folder, or is this file an archive of snapshots? Whatever target or state it is, and whoever
 * uses it: it may be the only one that has what it has. What cannot be looked at is none that can be told.
 */
export function isHoldfastPlace({ type, location }: Pick<WalkedEntry, 'type' | 'location'>): boolean {
  if (type === 'symlink') return false;
  const name = location.subarray(location.lastIndexOf(0x2f) + 1).toString('utf8');
  try {
    if (type === 'file') return withinReach(location, isArchive);
    return foldName(name) === OWN_FOLDER || withinReach(location, (address) => isStore(address) || isState(address));
  } catch {
    return false;
  }
}

function isStore(folder: Buffer): boolean {
  return STORE_KEYS.some((key) => lstatSync(below(folder, key), { throwIfNoEntry: false })?.isFile() === true);
}

function isState(folder: Buffer): boolean {
  const sources = below(folder, STATE_FOLDER);
  if (lstatSync(sources, { throwIfNoEntry: false })?.isDirectory() !== true) return false;
  return readdirSync(sources).some((name) => IDENTITY_FILE.test(name));
}

function below(folder: Buffer, key: string): Buffer {
  return Buffer.concat([folder, Buffer.from(`/${key}`)]);
}

/** An archive of ours begins with something of its snapshot, below the snapshot's id. */
function isArchive(file: Buffer): boolean {
  const descriptor = openSync(file, 'r');
  try {
    const head = Buffer.alloc(ZIP_HEAD_BYTES);
    const length = readSync(descriptor, head, 0, ZIP_HEAD_BYTES, 0);
    if (length < ZIP_NAME_AT || !head.subarray(0, ZIP_SIGNATURE.length).equals(ZIP_SIGNATURE)) return false;
    const nameBytes = Math.min(head.readUInt16LE(ZIP_NAME_LENGTH_AT), length - ZIP_NAME_AT);
    const name = head.subarray(ZIP_NAME_AT, ZIP_NAME_AT + nameBytes).toString('latin1');
    return name.includes('/') && isSnapshotId(name.slice(0, name.indexOf('/')));
  } finally {
    closeSync(descriptor);
  }
}
