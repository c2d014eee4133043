import { displayName, flagsOf, type SnapshotListing, type SnapshotPayload } from '@holdfast/core';
import type { Colours } from './colours.js';
import { padded } from './display-width.js';
import type { ListedItem } from './output.js';
import { numberText, recordedTimeText, sizeText } from './quantities.js';

/** Length of an id; a longer one, from elsewhere, pushes its row to the right and nothing worse. */
const ID_COLUMNS = 28;

/** The heading of `holdfast list`. */
export function listHeading(colours: Colours): string {
  return colours.bold(row('SNAPSHOT', 'MADE', 'FILES', 'SIZE', 'SOURCES'));
}

/** One row of `holdfast list`. */
export function listingItem(listing: SnapshotListing, colours: Colours): ListedItem {
  if (listing.status === 'ok') {
    return { text: snapshotText(listing.record.payload, colours), json: snapshotJson(listing.record.payload) };
  }
  if (listing.status === 'removed') return removedItem(listing, colours);
  if (listing.status === 'unclear') {
    const { id, reason } = listing;
    return {
      text: colours.red(`${padded(id, ID_COLUMNS)}  ${displayName(reason)}`),
      json: { type: 'unclear', id, reason },
    };
  }
  const word = listing.status === 'damaged' ? 'damaged' : 'made by a newer version';
  return {
    text: colours.red(
      `${padded(displayName(listing.id) || '(no id)', ID_COLUMNS)}  ${word}: ${displayName(listing.reason)}`,
    ),
    json: { type: listing.status, id: listing.id, reason: listing.reason },
  };
}

function removedItem(listing: Extract<SnapshotListing, { status: 'removed' }>, colours: Colours): ListedItem {
  const { id, tombstone, record } = listing;
  const removedAt = tombstone.at;
  const remark = colours.yellow(`removed ${recordedTimeText(removedAt)}`);
  if (record === undefined) {
    const reason = 'removed, and its record cannot be read';
    return {
      text: `${padded(id, ID_COLUMNS)}  ${remark}, and its record cannot be read`,
      json: { type: 'damaged', id, reason },
    };
  }
  return {
    text: `${snapshotText(record.payload, colours)}  ${remark}`,
    json: { ...snapshotJson(record.payload), removedAt },
  };
}

function snapshotText(payload: SnapshotPayload, colours: Colours): string {
  const names = payload.sources.map((source) => displayName(source.name)).join(', ');
  const remarks = [
    payload.name === undefined ? undefined : `"${displayName(payload.name)}"`,
    ...payload.tags.map((tag) => `#${displayName(tag)}`),
    ...flagsOf(payload, new Date()).map((flag) => colours.yellow(displayName(flag))),
  ].filter((remark) => remark !== undefined);
  const { files, bytes } = payload.counts;
  const columns = row(payload.id, recordedTimeText(payload.createdAt), numberText(files), sizeText(bytes), names);
  return [columns, ...remarks].join('  ');
}

function row(id: string, time: string, files: string, size: string, sources: string): string {
  return [padded(id, ID_COLUMNS), padded(time, 19), padded(files, 9, 'right'), padded(size, 8, 'right'), sources].join(
    '  ',
  );
}

/** The line of `list --json` for a snapshot; every member is always there. */
export function snapshotJson(payload: SnapshotPayload): Record<string, unknown> {
  return {
    type: 'snapshot',
    id: payload.id,
    createdAt: payload.createdAt,
    name: payload.name ?? null,
    tags: payload.tags,
    sources: payload.sources.map(({ name, path, type }) => ({ name, path, type })),
    files: payload.counts.files,
    bytes: payload.counts.bytes,
    flags: flagsOf(payload, new Date()),
  };
}
