import { chmodSync, fchmod, fchmodSync, futimes, futimesSync, lutimesSync, utimesSync } from 'node:fs';
import { promisify } from 'node:util';
import { secondsOf } from '@holdfast/core/files';
import type { ObjectAttributes } from '@holdfast/core/target';

const chmodLater = promisify(fchmod);
const utimesLater = promisify(futimes);

/** `r-xr-xr-x`: nobody writes to what is stored, snapshots may share it. Set-id bits go too: the manifest has them. */
const FILE_MODE_MASK = 0o555;
/** The owner can always read: else the store could not be verified or restored. */
const OWNER_READS = 0o400;
const DEFAULT_FILE_MODE = 0o444;
const FOLDER_MODE_MASK = 0o777;
/** The owner can always go in and remove: else a snapshot could never be deleted. */
const OWNER_MANAGES = 0o700;

/** The mode that a file is stored with, whatever it was. */
export function storedFileMode(mode: number = DEFAULT_FILE_MODE): number {
  return (mode & FILE_MODE_MASK) | OWNER_READS;
}

/** The mode that a folder is stored with. */
export function storedFolderMode(mode: number): number {
  return (mode & FOLDER_MODE_MASK) | OWNER_MANAGES;
}

/** Sets mode and time through the descriptor, so that the flush of the file takes them along. */
export function setFileAttributes(descriptor: number, attributes: ObjectAttributes): void {
  fchmodSync(descriptor, storedFileMode(attributes.mode));
  if (attributes.mtimeNs === undefined) return;
  const time = secondsOf(attributes.mtimeNs);
  futimesSync(descriptor, time, time);
}

/** {@link setFileAttributes} by asynchronous calls. */
export async function setFileAttributesLater(descriptor: number, attributes: ObjectAttributes): Promise<void> {
  await chmodLater(descriptor, storedFileMode(attributes.mode));
  if (attributes.mtimeNs === undefined) return;
  const time = secondsOf(attributes.mtimeNs);
  await utimesLater(descriptor, time, time);
}

/** A link has a time, and no mode of its own. */
export function setLinkTime(path: string, attributes: ObjectAttributes): void {
  if (attributes.mtimeNs === undefined) return;
  const time = secondsOf(attributes.mtimeNs);
  lutimesSync(path, time, time);
}

/** For a folder that nothing will be put into any more: each new name in it would move its time. */
export function setFolderAttributes(path: string, attributes: ObjectAttributes): void {
  if (attributes.mode !== undefined) chmodSync(path, storedFolderMode(attributes.mode));
  if (attributes.mtimeNs === undefined) return;
  const time = secondsOf(attributes.mtimeNs);
  utimesSync(path, time, time);
}
