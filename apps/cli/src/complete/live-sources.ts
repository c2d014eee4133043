import { resolve } from 'node:path';
import type { Config } from '../config/config.js';
import type { Candidate, CandidateSources } from './candidates.js';

/** Longer than this nobody waits for a word. */
const PATIENCE_MS = 2_000;

/** A word that no shell takes apart. */
const PLAIN_WORD = /^[\w.:@%+,-]+$/;

/** The config and the targets as they are. What cannot be read, or not soon, gives no words: a shell has no place for errors. */
export function liveSources(configPath: string | undefined, environment: NodeJS.ProcessEnv): CandidateSources {
  let loaded: Promise<Config | undefined> | undefined;
  const config = (): Promise<Config | undefined> => {
    loaded ??= import('../config/load-config.js')
      .then(({ loadConfig }) => loadConfig(configPath))
      .catch(() => undefined);
    return loaded;
  };
  return {
    async targets() {
      const found = await config();
      return [...(found?.targets.values() ?? [])].map(({ name = '', address }) => ({
        value: name,
        description: address,
      }));
    },
    async sources() {
      const found = await config();
      return plain((found?.sources ?? []).map(({ name, path }) => ({ value: name, description: path })));
    },
    async snapshots(from) {
      const found = await config();
      const word = from ?? found?.defaultTarget;
      if (word === undefined) return [];
      const target = found?.targets.get(word) ?? { address: word, options: {} };
      const ids = await soon(async (signal) => {
        const { snapshotsIn } = await import('./snapshots-in.js');
        return snapshotsIn(target.address, target.options, environment, signal);
      });
      return plain([{ value: 'latest', description: 'the newest whole snapshot' }, ...(ids ?? [])]);
    },
  };
}

/** Descriptions on one line, and without what a terminal would obey. */
function plain(candidates: readonly Candidate[]): Candidate[] {
  return candidates
    .filter(({ value }) => PLAIN_WORD.test(value))
    .map(({ value, description }) => ({ value, description: description?.replace(/[\p{Cc}\p{Cf}]/gu, '?') }));
}

/** What a work gives, or nothing if it fails or takes too long. */
async function soon<Result>(work: (signal: AbortSignal) => Promise<Result>): Promise<Result | undefined> {
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((done) => {
    timer = setTimeout(() => {
      controller.abort();
      done(undefined);
    }, PATIENCE_MS);
  });
  try {
    return await Promise.race([work(controller.signal).catch(() => undefined), late]);
  } finally {
    clearTimeout(timer);
  }
}

/** The config that a half-typed line names. */
export function configIn(words: readonly string[]): string | undefined {
  const at = words.findIndex((word) => word === '--config' || word.startsWith('--config='));
  const word = words[at];
  const path = word === '--config' ? words[at + 1] : word?.slice('--config='.length);
  return path === undefined || path === '' ? undefined : resolve(path);
}
