import type { Problem } from '../../events/index.js';
import type { Entry } from '../../snapshot/index.js';
import type { FileVersion } from '../../state/index.js';
import type { BackupContents } from './backup-contents.js';
import type { PlannedEntry } from './backup-entries.js';
import type { StoredFile } from './backup-file.js';
import { lookedInto } from './content-tap.js';

/** An entry that every lane that lives holds now. */
export interface StoredOutcome {
  readonly planned: PlannedEntry;
  readonly entry: Entry;
  readonly file?: StoredFile;
  readonly read?: FileVersion | undefined;
}

/** What has become of a planned entry. */
export type Outcome = StoredOutcome | { readonly planned: PlannedEntry; readonly problem: Problem };

/** Looks into the files of which no bytes were at hand when they were stored. */
export async function lookIntoRest(
  stored: Promise<readonly Outcome[]>,
  contents: BackupContents | undefined,
): Promise<readonly Outcome[]> {
  const outcomes = await stored;
  if (contents === undefined) return outcomes;
  const looked = async (outcome: Outcome): Promise<Outcome> => {
    if ('problem' in outcome || outcome.file === undefined || outcome.file.looked !== undefined) return outcome;
    return { ...outcome, file: await lookedInto(outcome.planned, contents, outcome.file, undefined) };
  };
  return Promise.all(outcomes.map(looked));
}
