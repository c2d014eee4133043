/**
 * The seal of a directory: the comment that Holdfast leaves at the end of an archive. The content of each entry has a
 * checksum of its own in the format, its name and its type have none: one flipped bit would show a name that was never
 * stored, and hide the one that was. The seal is the checksum over all of them. Other tools show it as a comment.
 */
export interface DirectorySeal {
  readonly entries: number;
  readonly directoryBytes: number;
  readonly crc32: number;
}

const SEAL = /^Holdfast: ([0-9]{1,15}) entries, directory ([0-9]{1,15}) bytes, crc32 ([0-9a-f]{8})$/;

/** The comment that says a seal. ASCII. */
export function sealText(seal: DirectorySeal): string {
  const crc = seal.crc32.toString(16).padStart(8, '0');
  return `Holdfast: ${seal.entries} entries, directory ${seal.directoryBytes} bytes, crc32 ${crc}`;
}

/** The seal that a comment says; `undefined` if it is none: another tool's archive, or a damaged comment. */
export function readSeal(comment: string): DirectorySeal | undefined {
  const match = SEAL.exec(comment);
  if (match === null) return undefined;
  const [, entries = '', directoryBytes = '', crc = ''] = match;
  return { entries: Number(entries), directoryBytes: Number(directoryBytes), crc32: Number.parseInt(crc, 16) };
}
