import { HoldfastError } from '../holdfast-error.js';
import { decodeRecord } from '../snapshot/record.js';
import { MAX_RECORD_BYTES } from './layout.js';
import { readRefusal } from './versions.js';

/** What was encoded is decoded before it is committed: a record that nobody could read would be a snapshot lost. */
export function assertReadableRecord(id: string, body: Uint8Array): void {
  const decoded = decodeRecord(body, readRefusal);
  const reason =
    body.byteLength > MAX_RECORD_BYTES
      ? `it has more than ${MAX_RECORD_BYTES} bytes: there are too many sources`
      : decoded.status === 'ok'
        ? undefined
        : decoded.reason;
  if (reason === undefined) return;
  throw new HoldfastError({
    code: 'SNAPSHOT_DAMAGED',
    message: `snapshot ${id} is not saved, because its record could not be read again: ${reason}`,
    hint: 'Check the name, the tags and the sources that were given.',
  });
}
