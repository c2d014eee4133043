import type { HoldfastEvent } from '@holdfast/core';

/** Version of the shapes that `--json` prints. It rises when a member changes its meaning or goes; new members and types may come at any time. */
export const JSON_SCHEMA_VERSION = 1;

/** An event as the line that `--json` prints for it; `docs/cli.md`, "Lines", lists every member. */
export function eventJson(event: HoldfastEvent): Record<string, unknown> {
  switch (event.type) {
    case 'progress':
      return { type: 'progress', operation: event.operation, ...event.progress, path: event.path };
    case 'problem': {
      const { code, path, message, snapshotId } = event.problem;
      return { type: 'problem', operation: event.operation, code, path, message, snapshotId };
    }
    case 'note':
      return { type: 'note', operation: event.operation, code: event.note.code, message: event.note.message };
    default:
      return { ...event };
  }
}
