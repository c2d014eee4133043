import {
  type ContentFacts,
  type ContentFault,
  type ContentInspector,
  faulty,
  type Inspection,
  MAX_FACTS_BYTES,
} from '../inspect/index.js';
import { canonicalFault } from '../snapshot/canonical-json.js';
import type { ContentExports, EntryContent } from '../snapshot/index.js';
import { shortText } from './ask-inspector.js';

/** Facts are five levels deep at most: so much less than a line of a manifest may be. */
const LEVELS_ABOVE_FACTS = 3;

/** What an inspector has answered, as an entry holds it. What a manifest cannot hold is no answer: then the inspector has failed. */
export function entryContentOf(
  { kind, version }: Pick<ContentInspector, 'kind' | 'version'>,
  answer: Inspection,
  exports?: ContentExports,
): EntryContent {
  const { status, facts, fault } = checked(answer);
  return {
    kind,
    version,
    status,
    ...(facts === undefined ? {} : { facts }),
    ...(fault === undefined ? {} : { fault: { code: fault.code, message: shortText(fault.message) } }),
    ...(exports === undefined ? {} : { exports }),
  };
}

interface Parts {
  readonly status: Inspection['status'];
  readonly facts?: ContentFacts | undefined;
  readonly fault?: ContentFault | undefined;
}

function checked(answer: Inspection): Parts {
  const reason = answerFault(answer);
  return reason === undefined ? answer : faulty('FAILED', `the inspector gave no usable answer: ${reason}`);
}

/** Inspectors are written by others. */
function answerFault({ status, facts, fault }: Parts): string | undefined {
  if (!['sound', 'broken', 'opaque'].includes(status)) return 'its status is unknown';
  if (status !== 'sound' && !(/^[A-Z][A-Z_]{0,31}$/.test(String(fault?.code)) && typeof fault?.message === 'string'))
    return 'it does not say what is wrong';
  if (facts === undefined) return status === 'sound' ? 'it has no facts' : undefined;
  if (typeof facts !== 'object' || facts === null || Array.isArray(facts)) return 'its facts are no object';
  try {
    const cause = canonicalFault(facts, LEVELS_ABOVE_FACTS);
    if (cause !== undefined) return `its facts cannot be kept: ${cause}`;
    const sizeBytes = Buffer.byteLength(JSON.stringify(facts));
    return sizeBytes > MAX_FACTS_BYTES ? `its facts have ${sizeBytes} bytes, more than ${MAX_FACTS_BYTES}` : undefined;
  } catch {
    return 'its facts are nothing that can be written';
  }
}
