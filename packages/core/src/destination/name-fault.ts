import { windowsNameFault } from '../target/index.js';

/** What decides whether a name can be used in a place. */
export interface NamePlace {
  readonly platform: NodeJS.Platform;
  /** Names must obey the rules of Windows, as on FAT and SMB from any system. */
  readonly windowsNames: boolean;
}

/** Longest name of NTFS, exFAT and VFAT in UTF-16 units, and of APFS in UTF-8 characters; Linux counts bytes, and says so itself. */
const MAX_UNITS = 255;

/**
 * Why a name of a snapshot cannot be the name of a file in a place, or `undefined`. Pure. What is asked here is what a system would not
 * refuse by itself: Windows takes `a:b` for a stream of `a`, `CON` for a device, and cuts dots and spaces at the end, so that the file
 * would be another one.
 */
export function nameFault(name: Uint8Array, { platform, windowsNames }: NamePlace): string | undefined {
  const bytes = Buffer.from(name);
  const text = bytes.toString('utf8');
  if (windowsNames || platform === 'darwin' || platform === 'win32') {
    if (!Buffer.from(text, 'utf8').equals(bytes)) return 'its name is not UTF-8';
    if (text.length > MAX_UNITS) return `its name is longer than ${MAX_UNITS} characters`;
  }
  if (!windowsNames && platform !== 'win32') return undefined;
  if (text.includes('/')) return 'its name holds a slash';
  if (windowsNameFault(text) === undefined) return undefined;
  return /[. ]$/.test(text)
    ? 'its name ends with a dot or a space, which would be cut off'
    : /[<>:"|?*\\\p{Cc}]/u.test(text)
      ? 'its name holds a character that Windows does not take'
      : 'its name is that of a device on Windows';
}
