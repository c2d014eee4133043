import type { TargetCapabilities } from './capabilities.js';
import { TargetError, type TargetOperation } from './errors.js';
import { keyBytes, keyFault } from './keys.js';

/** Characters no Windows file name may hold. Source: Microsoft, "Naming Files, Paths, and Namespaces". */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for.
const FORBIDDEN = /[<>:"|?*\\\u0000-\u001f]/;

/** Device names, alone or before any extension, in any case; the superscript digits count too. Same source. */
const DEVICE = /^(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³])(\.|$)/i;

/** What makes one segment of a key unfit as a Windows file name, or `undefined`. */
export function windowsNameFault(segment: string): string | undefined {
  if (FORBIDDEN.test(segment)) return 'the key holds a character that Windows does not take';
  if (/[. ]$/.test(segment)) return 'a segment of the key ends with a dot or a space';
  if (DEVICE.test(segment.replace(/ +(?=\.|$)/, ''))) return 'a segment of the key is a Windows device name';
  return undefined;
}

/** What is wrong with `key` on a target of these capabilities, or `undefined`: the rules of every key, then the target's limits. */
export function keyFaultOn(
  key: string,
  capabilities: Pick<TargetCapabilities, 'maxKeyBytes' | 'maxSegmentBytes' | 'windowsNames' | 'forbiddenCharacters'>,
): string | undefined {
  const fault = keyFault(key);
  if (fault !== undefined) return fault;
  for (const character of capabilities.forbiddenCharacters ?? '') {
    if (key.includes(character)) return `the key holds the character ${JSON.stringify(character)}`;
  }
  const { maxKeyBytes, maxSegmentBytes, windowsNames } = capabilities;
  const lengthBytes = keyBytes(key);
  // Most keys are shorter as a whole than a segment may be.
  if (!windowsNames && lengthBytes <= Math.min(maxKeyBytes, maxSegmentBytes)) return undefined;
  if (lengthBytes > maxKeyBytes) return `the key is longer than ${maxKeyBytes} bytes`;
  for (const segment of key.split('/')) {
    if (keyBytes(segment) > maxSegmentBytes) {
      return `a segment of the key is longer than ${maxSegmentBytes} bytes`;
    }
    const windowsFault = windowsNames ? windowsNameFault(segment) : undefined;
    if (windowsFault !== undefined) return windowsFault;
  }
  return undefined;
}

/** Where a key is to be stored. */
export interface KeyPlace {
  readonly url: string;
  readonly capabilities: TargetCapabilities;
  /** The root of the batch; the key must lie below it. */
  readonly root?: string | undefined;
}

/** @throws TargetError `INVALID_KEY` when the key breaks a rule, is too long here, or lies outside the batch's root. */
export function assertKeyFits(key: string, place: KeyPlace, operation: TargetOperation): void {
  const outside = place.root !== undefined && !key.startsWith(`${place.root}/`);
  const reason =
    keyFaultOn(key, place.capabilities) ?? (outside ? 'the key is not below the root of the batch' : undefined);
  if (reason !== undefined) throw new TargetError({ code: 'INVALID_KEY', reason, url: place.url, operation, key });
}
