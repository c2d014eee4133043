import * as v from 'valibot';
import { decodeChecked, encodeChecked } from '../snapshot/checked-json.js';
import { type FormatVersions, versionsSchema } from '../snapshot/record.js';
import { SAFE_ID } from '../snapshot/snapshot-id.js';
import { CURRENT_VERSIONS, readRefusal } from './versions.js';

/** Who removed something, when: labels for people, but for the time, by which a prune knows how long ago it was. */
export interface RemovalLabels {
  /** ISO 8601 with the offset of the place, on the clock of whoever did it. */
  readonly at: string;
  readonly host: string;
  readonly user: string;
  readonly program: string;
}

/** That a snapshot has been removed: `.holdfast/trash/<id>`. While it is there the snapshot counts for nobody, and can be brought back. */
export interface Tombstone extends RemovalLabels {
  readonly holdfast: 'removal';
  readonly versions: FormatVersions;
  /** The snapshot. */
  readonly id: string;
  /** Random, the same for all that was removed together: an undo brings it back together. */
  readonly removal: string;
}

/** What the last undo of a removal brought back, so that the next undo can remove it again: `.holdfast/undone.json`. */
export interface UndoneRemoval extends RemovalLabels {
  readonly holdfast: 'undone';
  readonly versions: FormatVersions;
  readonly removal: string;
  readonly ids: readonly string[];
  /** What the target held then, in one number: the note means something only while that is so. Of an older version: absent. */
  readonly state?: string | undefined;
}

const idSchema = v.pipe(v.string(), v.regex(SAFE_ID));
const common = {
  versions: versionsSchema,
  removal: v.pipe(v.string(), v.regex(/^[0-9a-f]{16}$/)),
  at: v.pipe(v.string(), v.isoTimestamp()),
  host: v.string(),
  user: v.string(),
  program: v.string(),
};
const tombstoneSchema: v.GenericSchema<unknown, Tombstone> = v.looseObject({
  holdfast: v.literal('removal'),
  id: idSchema,
  ...common,
});
const undoneSchema: v.GenericSchema<unknown, UndoneRemoval> = v.looseObject({
  holdfast: v.literal('undone'),
  ids: v.array(idSchema),
  state: v.optional(v.string()),
  ...common,
});

/** The bytes of a tombstone. */
export function encodeTombstone(id: string, removal: string, labels: RemovalLabels): Uint8Array {
  return encodeChecked({ holdfast: 'removal', versions: CURRENT_VERSIONS, id, removal, ...labels });
}

/** Reads a tombstone, or says why it cannot be used. */
export function decodeTombstone(bytes: Uint8Array, id: string): Tombstone | string {
  const tombstone = decode(tombstoneSchema, bytes);
  if (typeof tombstone === 'string' || tombstone.id === id) return tombstone;
  return `it is that of snapshot ${tombstone.id}`;
}

/** The bytes of what the last undo brought back. */
export function encodeUndone(undone: RemovalLabels & Pick<UndoneRemoval, 'removal' | 'ids' | 'state'>): Uint8Array {
  return encodeChecked({ holdfast: 'undone', versions: CURRENT_VERSIONS, ...undone });
}

/** Reads it; whatever is no such thing counts as absent: all that is lost is the way to remove it again with `undo`. */
export function decodeUndone(bytes: Uint8Array): UndoneRemoval | undefined {
  const undone = decode(undoneSchema, bytes);
  return typeof undone === 'string' ? undefined : undone;
}

function decode<Value extends { readonly versions: FormatVersions }>(
  schema: v.GenericSchema<unknown, Value>,
  bytes: Uint8Array,
): Value | string {
  const rest = decodeChecked(bytes);
  if (typeof rest === 'string') return rest;
  const head = v.safeParse(v.looseObject({ versions: versionsSchema }), rest);
  const refusal = head.success ? readRefusal(head.output.versions) : undefined;
  if (refusal !== undefined) return refusal;
  const parsed = v.safeParse(schema, rest);
  if (parsed.success) return parsed.output;
  const [issue] = parsed.issues;
  return `${v.getDotPath(issue) ?? 'it'}: ${issue.message}`;
}
