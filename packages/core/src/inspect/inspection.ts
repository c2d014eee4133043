/** A value of facts: no fractions and nothing beyond 2^53, so that facts stand in a manifest. Such numbers are texts. */
export type FactValue =
  | null
  | boolean
  | number
  | string
  | readonly FactValue[]
  | { readonly [name: string]: FactValue };

/** What is known of a content. At most {@link MAX_FACTS_BYTES} as JSON, five levels deep: an inspector counts what it has no room to name. */
export type ContentFacts = { readonly [name: string]: FactValue };

/** A line of a manifest has a limit, and facts are a small part of it. */
export const MAX_FACTS_BYTES = 4096;

/**
 * Why a content is not what its name says. Of the stored bytes it says nothing: they are kept as they are.
 *
 * - `TRUNCATED`: it ends too early. `INVALID`: it breaks the rules of its format. `MISNAMED`: it is of another format.
 * - `ENCRYPTED`: it needs a password. `BOMB`: far more would come out of it than it may. `UNSUPPORTED`: of its kind, and not read here.
 * - `TOO_LARGE`, `TIMEOUT`: it was not looked into to the end.
 * - `FAILED`: it was not looked into, which says nothing of it: the inspector has failed, or its bytes could not be had.
 */
export type ContentFaultCode =
  | 'TRUNCATED'
  | 'INVALID'
  | 'MISNAMED'
  | 'ENCRYPTED'
  | 'BOMB'
  | 'UNSUPPORTED'
  | 'TOO_LARGE'
  | 'TIMEOUT'
  | 'FAILED';

export interface ContentFault {
  readonly code: ContentFaultCode;
  /** What is wrong, for a person, without the file's name and with nothing in it that a terminal would obey. */
  readonly message: string;
}

/** What a look into a file has found. */
export type Inspection =
  | { readonly status: 'sound'; readonly facts: ContentFacts }
  /** It cannot be used as it is: `TRUNCATED`, `INVALID`, `MISNAMED`, `BOMB`. */
  | { readonly status: 'broken'; readonly fault: ContentFault; readonly facts?: ContentFacts }
  /** It may be sound, but that could not be seen: `ENCRYPTED`, `UNSUPPORTED`, `TOO_LARGE`, `TIMEOUT`, `FAILED`. */
  | { readonly status: 'opaque'; readonly fault: ContentFault; readonly facts?: ContentFacts };

const OPAQUE: ReadonlySet<ContentFaultCode> = new Set(['ENCRYPTED', 'UNSUPPORTED', 'TOO_LARGE', 'TIMEOUT', 'FAILED']);

/** The answer of an inspector that has met this. */
export function faulty(code: ContentFaultCode, message: string, facts?: ContentFacts): Inspection {
  const status = OPAQUE.has(code) ? 'opaque' : 'broken';
  return { status, fault: { code, message }, ...(facts === undefined ? {} : { facts }) };
}
