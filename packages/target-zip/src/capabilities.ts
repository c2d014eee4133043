import type { FileSystem } from '@holdfast/core/files';
import type { TargetCapabilities } from '@holdfast/core/target';
import { MAX_NAME_BYTES, type ZipForm } from './place.js';

/** `PATH_MAX` of Linux, limits.h. The format has room for 65,535 bytes, but unzip cuts what is longer. */
const MAX_KEY_BYTES = 4096;
/**
 * Whoever unpacks a backslash on Windows would get a folder. Control characters are dropped or replaced by what unpacks an archive (Info-ZIP
 * UnZip 6.00 gives `a\tb` as `ab`, and nothing at all for a name of nothing else): two files would fall into one.
 */
const FORBIDDEN: string = `\\${String.fromCharCode(...Array.from({ length: 31 }, (_, index) => index + 1), 0x7f)}`;
/** Node's pool deflates and reads in four threads. */
const CONCURRENCY = 4;

/** What a zip target on a file system can do. */
export function zipCapabilities(fileSystem: FileSystem, form: ZipForm): TargetCapabilities {
  return Object.freeze({
    rangeRead: false, // Only a whole content proves itself by its CRC.
    append: false,
    delete: false,
    // A folder has room beside its archives; one archive is a file of somebody's, and has none.
    ownObjects: form === 'folder',
    removeRoots: form === 'folder',
    putIfAbsent: fileSystem.hardLinks,
    wholeRoots: true,
    copy: false,
    copyShares: false,
    attributes: true,
    durability: fileSystem.durability,
    maxObjectBytes: fileSystem.maxFileBytes,
    maxKeyBytes: MAX_KEY_BYTES,
    maxSegmentBytes: MAX_NAME_BYTES,
    concurrency: CONCURRENCY,
    caseSensitiveKeys: true, // Inside an archive; whether two roots may differ in case alone is for the file system.
    windowsNames: false,
    forbiddenCharacters: FORBIDDEN,
    retention: false,
    listDelayMs: fileSystem.listDelayMs,
  });
}
