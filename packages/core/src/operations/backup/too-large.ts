import type { Problem } from '../../events/index.js';
import type { WalkedEntry } from '../../source/index.js';
import type { BackupTarget } from '../../target/index.js';

/** The problem of a file that one of the targets cannot hold; `undefined` where all can. */
export function tooLargeProblem(walked: WalkedEntry, targets: Iterable<BackupTarget>): Problem | undefined {
  for (const { url, capabilities } of targets) {
    if (walked.stats.size <= capabilities.maxObjectBytes) continue;
    const message = `it is larger than ${url} can hold (${capabilities.maxObjectBytes} bytes)`;
    return { code: 'NOT_STORABLE', path: walked.pathBytes.toString('utf8'), message };
  }
  return undefined;
}
