/**
 * Signatures and numbers of the zip format. Source for all of them: PKWARE, ".ZIP File Format Specification" (APPNOTE.TXT)
 * 6.3.10, sections 4.3 to 4.5; the Unix part of the external attributes and the extra field 0x5455: Info-ZIP,
 * `proginfo/extrafld.txt`.
 */
export const LOCAL_HEADER_SIGNATURE = 0x04034b50;
export const CENTRAL_HEADER_SIGNATURE = 0x02014b50;
export const END_SIGNATURE = 0x06054b50;
export const ZIP64_END_SIGNATURE = 0x06064b50;
export const ZIP64_LOCATOR_SIGNATURE = 0x07064b50;

/** Lengths of the fixed parts, in bytes. */
export const LOCAL_HEADER_BYTES = 30;
export const CENTRAL_HEADER_BYTES = 46;
export const END_BYTES = 22;
export const ZIP64_END_BYTES = 56;
export const ZIP64_LOCATOR_BYTES = 20;

/** A 32-bit or 16-bit field of this value says: the true one is in a zip64 record. */
export const ZIP64_MARK_32 = 0xffff_ffff;
export const ZIP64_MARK_16 = 0xffff;

export const METHOD_STORED = 0;
export const METHOD_DEFLATED = 8;

/** Bit 0 of the general flags: the content is encrypted. */
export const FLAG_ENCRYPTED = 0x0001;
/** Bit 3: sizes and CRC follow the content, those of the local header are zero. Holdfast reads it and never writes it. */
export const FLAG_DATA_DESCRIPTOR = 0x0008;
/** Bit 11: the name is UTF-8. */
export const FLAG_UTF8 = 0x0800;

export const EXTRA_ZIP64 = 0x0001;
/** Info-ZIP's extended timestamp: seconds since 1970 in UTC, where the DOS fields have local time in steps of two seconds. */
export const EXTRA_TIME = 0x5455;

/** High byte of "version made by": external attributes hold a Unix mode. 19 is macOS. */
export const HOST_UNIX = 3;
export const HOST_MACOS = 19;

/** The type in a Unix mode: `S_IFMT` and its values, inode(7). */
export const TYPE_MASK = 0o170000;
export const TYPE_FILE = 0o100000;
export const TYPE_FOLDER = 0o040000;
export const TYPE_SYMLINK = 0o120000;
