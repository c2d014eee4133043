import type { SnapshotRules } from '../snapshot/index.js';
import type { ResolvedSource } from './sources.js';

/** A record is read whole, and may have 4 MiB. */
const MAX_RECORDED_CHARACTERS = 256 * 1024;

/**
 * The rules of a source that its caller gave, for the record: what they left out is not in the snapshot, and a restore that deletes
 * must not take it for something new. Rules in the source itself (`.holdfastignore`, `CACHEDIR.TAG`) are stored as the files they are.
 */
export function recordedRules({ filter, rules }: Pick<ResolvedSource, 'filter' | 'rules'>): SnapshotRules | undefined {
  const { include = [], exclude = [], takeCaches, oneFileSystem } = filter ?? {};
  const { excludeLargerThanBytes, excludeSmallerThanBytes } = filter ?? {};
  const lines = rules.excludeFiles.map(({ rule }) => rule);
  const hasRoom = lines.reduce((sum, line) => sum + line.length, 0) <= MAX_RECORDED_CHARACTERS;
  const recorded: SnapshotRules = {
    ...(include.length === 0 ? {} : { include }),
    ...(exclude.length === 0 ? {} : { exclude }),
    ...(hasRoom ? {} : { omitted: true }),
    ...(lines.length === 0 || !hasRoom ? {} : { excludeLines: lines }),
    ...(takeCaches === true ? { takeCaches: true } : {}),
    ...(oneFileSystem === true ? { oneFileSystem: true } : {}),
    ...(excludeLargerThanBytes === undefined ? {} : { excludeLargerThanBytes }),
    ...(excludeSmallerThanBytes === undefined ? {} : { excludeSmallerThanBytes }),
  };
  return Object.keys(recorded).length === 0 ? undefined : recorded;
}
