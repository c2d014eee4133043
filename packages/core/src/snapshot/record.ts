import * as v from 'valibot';
import { canonicalSha256, type JsonValue } from './canonical-json.js';
import { decodeChecked, encodeChecked } from './checked-json.js';
import { SAFE_ID } from './snapshot-id.js';

/** The rules that chose what was taken of a source, as they were given; a restore that deletes spares what they left out. */
export interface SnapshotRules {
  readonly include?: readonly string[];
  readonly exclude?: readonly string[];
  /** The lines of files of patterns. */
  readonly excludeLines?: readonly string[];
  readonly takeCaches?: boolean;
  readonly oneFileSystem?: boolean;
  readonly excludeLargerThanBytes?: number;
  readonly excludeSmallerThanBytes?: number;
  /** There are more lines than a record has room for. */
  readonly omitted?: boolean;
}

/** One source of a snapshot. */
export interface SnapshotSource {
  /** The source's identity: minted at its first backup, never shared by two machines, paths or names. */
  readonly id: string;
  readonly name: string;
  /** Where it lay, as an absolute path of that host. A label: nothing is ever written there because of it. */
  readonly path: string;
  readonly type: 'directory' | 'file' | 'missing';
  /** The path without links, where that is another one. */
  readonly realPath?: string;
  /** Absent where none were given. */
  readonly rules?: SnapshotRules;
  /**
   * How many things rules left out, by the reason, and as `ruleFiles` how many files of rules were themselves left out. There wherever
   * rules were given or left out anything; older records have none.
   */
  readonly leftOut?: Readonly<Record<string, number>>;
}

export interface SnapshotCounts {
  readonly files: number;
  readonly directories: number;
  readonly symlinks: number;
  /** Sum of the files' sizes. */
  readonly bytes: number;
  /** What was found and could not be stored. */
  readonly skipped: number;
  /** Files that changed during both readings. */
  readonly unstable: number;
  /** Exports, which are not among the files, and their bytes, which are not among the bytes. Absent where there are none. */
  readonly exports?: number;
  readonly exportBytes?: number;
}

/** `suspect`: a content that was sound in the parent is broken. `incomplete`: something could not be stored, or a source was an empty folder, as that of a disk that is not mounted. `clock`: the clock stood before the previous snapshot's (see also `flagsOf`). `part`: made of a part of another snapshot, its parent. */
export type SnapshotFlag = 'incomplete' | 'suspect' | 'clock' | 'part';

/** What a snapshot is, equal in every copy of it. */
export interface SnapshotPayload {
  readonly id: string;
  readonly name?: string;
  /** ISO 8601 with the offset of the place. */
  readonly createdAt: string;
  /** 1 + the largest seen in the target for any of the sources. `latest` goes by it, not by a clock. */
  readonly sequence: number;
  readonly host: string;
  readonly user: string;
  readonly program: string;
  readonly sources: readonly SnapshotSource[];
  readonly tags: readonly string[];
  readonly counts: SnapshotCounts;
  readonly parent?: string;
  readonly flags: readonly string[];
  /** SHA-256 over the manifest's lines without their `key` and `storeDigest` members, each ended by a newline. */
  readonly contentsSha256: string;
}

/** An object of the target that the record vouches for. */
export interface ObjectProof {
  readonly sizeBytes: number;
  readonly sha256: string;
}

/** What belongs to this copy alone. */
export interface SnapshotEnvelope {
  readonly format: 'plain';
  readonly manifest: ObjectProof;
  readonly sha256sums: ObjectProof;
  /** Of RESTORE.txt. */
  readonly restoreText?: ObjectProof;
  /** Random, so that a record can be told from any other, also after an answer was lost. */
  readonly nonce: string;
}

/** `docs/format.md`, "Versions": refuse to read below `minReader`, refuse unknown `incompat` features. */
export interface FormatVersions {
  readonly version: number;
  readonly minReader: number;
  readonly minWriter: number;
  readonly features: { readonly incompat: readonly string[]; readonly rocompat: readonly string[] };
}

export interface SnapshotRecord {
  readonly holdfast: 'snapshot';
  readonly versions: FormatVersions;
  readonly payload: SnapshotPayload;
  readonly envelope: SnapshotEnvelope;
}

const text = v.pipe(v.string(), v.minLength(1));
const natural = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const sha256Hex = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));
const proof = v.looseObject({ sizeBytes: natural, sha256: sha256Hex });

export const versionsSchema: v.GenericSchema<unknown, FormatVersions> = v.looseObject({
  version: natural,
  minReader: natural,
  minWriter: natural,
  features: v.looseObject({ incompat: v.array(v.string()), rocompat: v.array(v.string()) }),
});

const rulesSchema: v.GenericSchema<unknown, SnapshotRules> = v.looseObject({
  include: v.exactOptional(v.array(v.string())),
  exclude: v.exactOptional(v.array(v.string())),
  excludeLines: v.exactOptional(v.array(v.string())),
  takeCaches: v.exactOptional(v.boolean()),
  oneFileSystem: v.exactOptional(v.boolean()),
  excludeLargerThanBytes: v.exactOptional(natural),
  excludeSmallerThanBytes: v.exactOptional(natural),
  omitted: v.exactOptional(v.boolean()),
});

const recordSchema: v.GenericSchema<unknown, SnapshotRecord> = v.looseObject({
  holdfast: v.literal('snapshot'),
  versions: versionsSchema,
  payload: v.looseObject({
    id: v.pipe(v.string(), v.regex(SAFE_ID)),
    name: v.exactOptional(text),
    createdAt: v.pipe(v.string(), v.isoTimestamp()),
    sequence: natural,
    host: v.string(),
    user: v.string(),
    program: v.string(),
    sources: v.array(
      v.looseObject({
        id: text,
        name: text,
        path: text,
        type: v.picklist(['directory', 'file', 'missing']),
        realPath: v.exactOptional(text),
        rules: v.exactOptional(rulesSchema),
        leftOut: v.exactOptional(v.record(v.string(), natural)),
      }),
    ),
    tags: v.array(v.string()),
    counts: v.looseObject({
      files: natural,
      directories: natural,
      symlinks: natural,
      bytes: natural,
      skipped: natural,
      unstable: natural,
      exports: v.exactOptional(natural),
      exportBytes: v.exactOptional(natural),
    }),
    parent: v.exactOptional(text),
    flags: v.array(v.string()),
    contentsSha256: sha256Hex,
  }),
  envelope: v.looseObject({
    format: v.literal('plain'),
    manifest: proof,
    sha256sums: proof,
    restoreText: v.exactOptional(proof),
    nonce: text,
  }),
});

/** A payload's hash: equal in every copy of a snapshot. */
export function payloadSha256(payload: SnapshotPayload): string {
  return canonicalSha256(payload as unknown as JsonValue);
}

/** The bytes of a record: indented JSON whose last member `check` is the SHA-256 of the rest in canonical form. */
export function encodeRecord(record: SnapshotRecord): Uint8Array {
  return encodeChecked(record);
}

/** What a record turned out to be. */
export type DecodedRecord =
  | { readonly status: 'ok'; readonly record: SnapshotRecord }
  /** Whole, and of a version that must not be read here. */
  | { readonly status: 'newer'; readonly reason: string }
  | { readonly status: 'damaged'; readonly reason: string };

/**
 * Reads a record. The versions of a whole one are judged before its members are: a newer program may have given it others.
 *
 * @param refusal why what carries these versions must not be read, or `undefined`.
 */
export function decodeRecord(
  bytes: Uint8Array,
  refusal: (versions: FormatVersions) => string | undefined,
): DecodedRecord {
  const rest = decodeChecked(bytes);
  if (typeof rest === 'string') return { status: 'damaged', reason: rest };
  const head = v.safeParse(v.looseObject({ holdfast: v.literal('snapshot'), versions: versionsSchema }), rest);
  const reason = head.success ? refusal(head.output.versions) : undefined;
  if (reason !== undefined) return { status: 'newer', reason };
  const result = v.safeParse(recordSchema, rest);
  if (result.success) return { status: 'ok', record: result.output };
  const [issue] = result.issues;
  return { status: 'damaged', reason: `${v.getDotPath(issue) ?? 'record'}: ${issue.message}` };
}
