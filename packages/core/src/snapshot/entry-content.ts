import * as v from 'valibot';
import { canonicalJson, type JsonValue } from './canonical-json.js';

/** What an inspector has said of the content of a file (`docs/format.md`, "Contents and exports"). The bytes are kept whatever it is. */
export interface EntryContent {
  /** Of the inspector: `excel`, `npy`. */
  readonly kind: string;
  /** Of the inspector. Another version may say other things of the same bytes. */
  readonly version: number;
  readonly status: 'sound' | 'broken' | 'opaque';
  readonly facts?: { readonly [name: string]: JsonValue };
  /** Of what is not sound: why. */
  readonly fault?: { readonly code: string; readonly message: string };
  /** Absent where no exports were asked for. */
  readonly exports?: ContentExports;
}

/** Which exports were asked for, and how many there are: then what is to be exported again can be known. */
export interface ContentExports {
  readonly formats: readonly string[];
  /** Nothing was guarded against being run as a formula. */
  readonly raw?: boolean;
  readonly parts: number;
}

/** A part of a file, whose export another file is. */
export interface EntryPart {
  readonly index: number;
  /** As the file has it, shortened to {@link MAX_PART_NAME}. */
  readonly name: string;
}

/** UTF-16 units of a part's name that are kept: a name may be of any length, and a line has a limit. */
export const MAX_PART_NAME = 255;
/** Facts as JSON, in UTF-16 units: twice what an inspector may give, so that one that counts otherwise makes no manifest unreadable. */
const MAX_FACTS_LENGTH = 8192;
const MAX_MESSAGE_LENGTH = 1000;

const natural = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const WORD = /^[a-z][a-z0-9-]{0,31}$/;
const word = v.pipe(v.string(), v.regex(WORD));

/** Can this be the name of a kind or of a format? */
export function isWord(text: unknown): boolean {
  return typeof text === 'string' && WORD.test(text);
}

export const partSchema: v.GenericSchema<unknown, EntryPart> = v.looseObject({
  index: natural,
  name: v.pipe(v.string(), v.maxLength(MAX_PART_NAME)),
});

export const contentSchema: v.GenericSchema<unknown, EntryContent> = v.looseObject({
  kind: word,
  version: natural,
  // A later version may know more of them: what is not known says nothing, and makes no manifest unreadable.
  status: word as v.GenericSchema<unknown, EntryContent['status']>,
  facts: v.exactOptional(v.custom<{ readonly [name: string]: JsonValue }>(areFacts, 'facts are an object, and short')),
  fault: v.exactOptional(
    v.looseObject({
      code: v.pipe(v.string(), v.regex(/^[A-Z][A-Z_]{0,31}$/)),
      message: v.pipe(v.string(), v.maxLength(MAX_MESSAGE_LENGTH)),
    }),
  ),
  exports: v.exactOptional(
    v.looseObject({ formats: v.array(word), raw: v.exactOptional(v.boolean()), parts: natural }),
  ),
});

/** What a line can hold was seen before: no fractions, not too deep. */
function areFacts(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return canonicalJson(value as JsonValue).length <= MAX_FACTS_LENGTH;
}
