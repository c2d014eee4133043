import {
  type ContentFacts,
  type ContentFaultCode,
  type ContentReader,
  faulty,
  type Inspection,
} from '@holdfast/core/inspect';

import { shownName } from './shown-name.js';

/** What a look into a content has found wrong with it, on its way to the answer. */
export class FoundFault extends Error {
  readonly code: ContentFaultCode;
  /** What is known of the content all the same. */
  readonly facts: ContentFacts | undefined;
  /** Which content it is, where two are looked into. */
  readonly reader: ContentReader | undefined;

  constructor(code: ContentFaultCode, message: string, about: { facts?: ContentFacts; reader?: ContentReader } = {}) {
    super(message);
    this.code = code;
    this.facts = about.facts;
    this.reader = about.reader;
  }
}

/** A fault of a member, as one of its archive. */
export function ofMember(
  name: string,
  { code, message, reader }: Pick<FoundFault, 'code' | 'message' | 'reader'>,
): FoundFault {
  return new FoundFault(code, `its member ${shownName(name)}: ${message}`, reader === undefined ? {} : { reader });
}

/**
 * The answer that a fault is.
 *
 * @param facts what was known when it was met
 * @throws any other error
 */
export function inspectionOf(error: unknown, facts?: ContentFacts): Inspection {
  if (!(error instanceof FoundFault)) throw error;
  return faulty(error.code, error.message, error.facts ?? facts);
}
