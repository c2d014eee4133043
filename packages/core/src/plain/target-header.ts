import { randomUUID } from 'node:crypto';
import * as v from 'valibot';
import { HoldfastError } from '../holdfast-error.js';
import { decodeChecked, encodeChecked } from '../snapshot/checked-json.js';
import { displayName } from '../snapshot/display-name.js';
import { type FormatVersions, versionsSchema } from '../snapshot/record.js';
import { type BackupTarget, type CallOptions, isTargetError } from '../target/index.js';
import { TARGET_HEADER_KEY } from './layout.js';
import { readAll } from './read-object.js';
import { CURRENT_VERSIONS } from './versions.js';
import { writeControlObject } from './write-control-object.js';

/** Far above what a header can be; a longer object is no header. */
const MAX_HEADER_BYTES = 64 * 1024;

/** What a plain target says of itself in `.holdfast/target.json`. */
export interface TargetHeader {
  readonly holdfast: 'target';
  readonly format: string;
  readonly versions: FormatVersions;
  /** Random; tells two targets apart whatever they are called. */
  readonly targetId: string;
}

const headerSchema: v.GenericSchema<unknown, TargetHeader> = v.looseObject({
  holdfast: v.literal('target'),
  format: v.string(),
  versions: versionsSchema,
  targetId: v.pipe(v.string(), v.minLength(1)),
});

/**
 * Reads the target's header. A header that is empty, all zeros or otherwise broken counts as absent: it can be written
 * anew, and nothing but the versions depends on it.
 *
 * @throws HoldfastError `NOT_A_TARGET` where the target is of a kind that has none, and this is another's.
 */
export async function readTargetHeader(target: BackupTarget, options: CallOptions): Promise<TargetHeader | undefined> {
  let bytes: Uint8Array;
  try {
    bytes = await readAll(target.get(TARGET_HEADER_KEY, options), MAX_HEADER_BYTES);
  } catch (error) {
    const broken = error instanceof RangeError || isTargetError(error, 'CORRUPT');
    if (broken || isTargetError(error, 'NOT_FOUND')) return undefined;
    throw error;
  }
  const rest = decodeChecked(bytes);
  const parsed = v.safeParse(headerSchema, rest);
  if (!parsed.success) return undefined;
  if (!target.capabilities.append && target.capabilities.ownObjects === true) throw otherKind(target);
  return parsed.output;
}

/** Where nothing can be added to what is there, no header is ever written: it is that of a target whose snapshots are not seen this way. */
function otherKind(target: BackupTarget): HoldfastError {
  return new HoldfastError({
    code: 'NOT_A_TARGET',
    message: `${target.url} is a target of another kind: a folder of snapshots, each a folder of its own`,
    hint: 'Name the folder alone, without a scheme before it.',
  });
}

/** What is wrong with the target's header, if one is there: that costs no snapshot, and the next backup writes it anew. */
export async function targetHeaderFault(target: BackupTarget, options: CallOptions): Promise<string | undefined> {
  if ((await readTargetHeader(target, options)) !== undefined) return undefined;
  return (await isHeaderThere(target, options))
    ? "the target's own header is damaged; no snapshot needs it, and the next backup writes it anew"
    : undefined;
}

/** What is so damaged that nothing can be asked of it has no header either: the snapshots tell of that. */
async function isHeaderThere(target: BackupTarget, options: CallOptions): Promise<boolean> {
  try {
    return (await target.stat(TARGET_HEADER_KEY, options)) !== undefined;
  } catch (error) {
    if (isTargetError(error, 'CORRUPT')) return false;
    throw error;
  }
}

/** Writes a new header, in a batch of its own. */
export async function writeTargetHeader(target: BackupTarget, options: CallOptions): Promise<void> {
  const header = { holdfast: 'target', format: 'plain', versions: CURRENT_VERSIONS, targetId: randomUUID() };
  await writeControlObject(target, TARGET_HEADER_KEY, encodeChecked(header), options);
}

/**
 * Refuses a target of another format, or one whose versions forbid what is to be done.
 *
 * @param refusal why versions forbid it, or `undefined`: `readRefusal` or `writeRefusal`.
 * @throws HoldfastError `FORMAT_UNSUPPORTED`.
 */
export function assertUsable(
  url: string,
  header: TargetHeader,
  refusal: (versions: FormatVersions) => string | undefined,
): void {
  const reason =
    refusal(header.versions) ??
    (header.format === 'plain' ? undefined : `it is of the format "${displayName(header.format)}"`);
  if (reason === undefined) return;
  throw new HoldfastError({
    code: 'FORMAT_UNSUPPORTED',
    message: `${url} cannot be used: ${reason}`,
    hint: 'Use the version of Holdfast that wrote it, or a newer one.',
  });
}
