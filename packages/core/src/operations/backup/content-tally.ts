import type { FileEntry } from '../../snapshot/index.js';
import type { Report } from '../report.js';
import type { LookedContent } from './backup-contents.js';

/** What was found in files. */
export interface ContentCounts {
  readonly sound: number;
  readonly broken: number;
  readonly opaque: number;
  /** Broken, and sound in the previous snapshot. */
  readonly suspect: number;
}

/** Counts what was found in the files of a backup, and tells what is worth a word. */
export class ContentTally {
  readonly #report: Report;
  readonly #counts = { sound: 0, broken: 0, opaque: 0, suspect: 0 };

  constructor(report: Report) {
    this.#report = report;
  }

  get counts(): ContentCounts {
    return this.#counts;
  }

  /** In the order of the manifest: what was found in a file that is stored. */
  take({ path }: FileEntry, { content, isCarried, isSuspect }: LookedContent): void {
    const reason = content.fault?.message ?? 'why is not known';
    this.#counts[content.status] += 1;
    if (isSuspect) {
      this.#counts.suspect += 1;
      const message = `its content was sound in the previous snapshot, and is broken now: ${reason}; stored as it is`;
      this.#report.problem({ code: 'SUSPECT', path, message });
    } else if (content.status === 'broken')
      this.#report.noteFile('CONTENT_BROKEN', path, `its content is broken: ${reason}; stored as it is`);
    // A password, say, is no news the next day.
    else if (content.status === 'opaque' && !isCarried)
      this.#report.noteFile('CONTENT_NOT_SEEN', path, `what is in it is not known: ${reason}; stored as it is`);
  }
}
