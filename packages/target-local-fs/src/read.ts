import { closeSync, constants, fstatSync, openSync, read, readSync } from 'node:fs';
import { promisify } from 'node:util';
import { errorCode } from '@holdfast/core/files';
import type { CallOptions, GetOptions, ObjectInfo, StatOptions } from '@holdfast/core/target';
import { asTargetError } from './errors.js';
import { holdsSomething, infoOf, isObjectFolder } from './folder-entries.js';
import { type Found, lookUp } from './look-up.js';
import { assertUsableKey, enter, fault, type Place } from './place.js';
import { atRest, standsStill } from './settle-swap.js';

const readLater = promisify(read);

/** Up to here a synchronous read takes microseconds, and an asynchronous one costs more than the bytes. */
const SMALL_BYTES = 128 * 1024;
const PIECE_BYTES = 512 * 1024;

/** What is put in the place of a file must not be followed, and must not keep us waiting. Windows has neither flag. */
const OPEN_FLAGS: number = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

/** The info of the object under `key`. */
export async function stat(place: Place, key: string, options?: StatOptions): Promise<ObjectInfo | undefined> {
  enter(place, 'stat', options, key);
  assertUsableKey(place, key, 'stat');
  try {
    const found = await lookUpAtRest(place, key, options);
    if (found === undefined) return undefined;
    if (found.type === 'directory') {
      const object = isObjectFolder(place, key) && !holdsSomething(place, found.path, `${key}/`);
      return object ? { key, type: 'directory', sizeBytes: 0 } : undefined;
    }
    const info = infoOf(key, found.stats);
    return options?.storedAt === true && info !== undefined
      ? { ...info, storedAtMs: Number(found.stats.mtimeMs) }
      : info;
  } catch (error) {
    throw asTargetError(error, { url: place.url, operation: 'stat', key });
  }
}

/** The bytes of the file under `key`, as many as it had when it was opened. */
export async function* get(place: Place, key: string, options: GetOptions = {}): AsyncGenerator<Uint8Array> {
  enter(place, 'get', options, key);
  assertUsableKey(place, key, 'get');
  const opened = await open(place, key, options);
  try {
    const { start, end } = rangeIn(place, key, opened.sizeBytes, options.range);
    for (let offset = start; offset < end; ) {
      enter(place, 'get', options, key);
      const piece = await readPiece(place, key, opened.descriptor, offset, end - offset);
      if (piece.byteLength === 0) {
        throw fault(place, 'CORRUPT', 'the file became shorter while it was read', 'get', key);
      }
      offset += piece.byteLength;
      yield piece;
    }
  } finally {
    closeSync(opened.descriptor);
  }
}

interface Opened {
  readonly descriptor: number;
  readonly sizeBytes: number;
}

async function open(place: Place, key: string, options: GetOptions): Promise<Opened> {
  for (;;) {
    const root = await atRest(place, 'get', options);
    const opened = openNow(place, key);
    // Was the root replaced meanwhile, what was opened may be the other root's, and what was not found may be there.
    if (standsStill(place, root)) {
      if (opened !== undefined) return opened;
      throw fault(place, 'NOT_FOUND', 'there is no such file', 'get', key);
    }
    if (opened !== undefined) closeSync(opened.descriptor);
  }
}

function openNow(place: Place, key: string): Opened | undefined {
  let descriptor: number | undefined;
  try {
    const found = fileAt(place, key);
    if (found !== undefined) {
      descriptor = openSync(found.path, OPEN_FLAGS);
      const stats = fstatSync(descriptor);
      if (stats.isFile()) return { descriptor, sizeBytes: stats.size };
    }
  } catch (error) {
    if (descriptor !== undefined) closeSync(descriptor);
    if (errorCode(error) === 'ENOENT') return undefined;
    throw asTargetError(error, { url: place.url, operation: 'get', key });
  }
  if (descriptor !== undefined) closeSync(descriptor);
  return undefined;
}

/** {@link lookUp} in what stands, not in what is just being moved. */
async function lookUpAtRest(place: Place, key: string, options?: CallOptions): Promise<Found | undefined> {
  for (;;) {
    const root = await atRest(place, 'stat', options);
    const found = lookUp(place, key);
    if (standsStill(place, root)) return found;
  }
}

/** The regular file under `key`. */
export function fileAt(place: Place, key: string): Found | undefined {
  const found = lookUp(place, key);
  return found?.type === 'file' ? found : undefined;
}

function rangeIn(
  place: Place,
  key: string,
  sizeBytes: number,
  range: GetOptions['range'],
): { readonly start: number; readonly end: number } {
  if (range === undefined) return { start: 0, end: sizeBytes };
  const { offset, length } = range;
  const end = offset + length;
  const sane = Number.isSafeInteger(offset) && Number.isSafeInteger(length) && offset >= 0 && length >= 1;
  if (sane && end <= sizeBytes) return { start: offset, end };
  throw fault(place, 'INVALID_RANGE', `the range is not inside the ${sizeBytes} bytes of the object`, 'get', key);
}

async function readPiece(
  place: Place,
  key: string,
  descriptor: number,
  position: number,
  wanted: number,
): Promise<Uint8Array> {
  const piece = Buffer.allocUnsafeSlow(Math.min(wanted, PIECE_BYTES));
  try {
    const options = { buffer: piece, offset: 0, length: piece.byteLength, position };
    const count =
      !place.slow && piece.byteLength <= SMALL_BYTES
        ? readSync(descriptor, piece, 0, piece.byteLength, position)
        : (await readLater(descriptor, options)).bytesRead;
    return piece.subarray(0, count);
  } catch (error) {
    throw asTargetError(error, { url: place.url, operation: 'get', key });
  }
}
