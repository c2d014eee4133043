import { type FilterSpec, joinedFilter, type SourceSpec } from '@holdfast/core';
import { CliError } from '../cli-error.js';
import type { Config, ConfiguredTarget } from '../config/config.js';
import type { Session } from '../session.js';
import { parseSource } from './sources.js';

/** What is backed up, and where to. */
export interface BackupPlan {
  readonly sources: readonly SourceSpec[];
  readonly targets: readonly ConfiguredTarget[];
  /** The targets as the user calls them: what was said, or their names in the config. */
  readonly words: readonly string[];
  /** The config that has a part in this backup; its hooks run. `undefined` where everything was said. */
  readonly config: Config | undefined;
}

/** A word that may be the name of a configured source: anything else says by itself that it is a path. */
const SOURCE_NAME = /^[^/\\=]+$/;

/**
 * Reads the words of a backup. What is left out stands in the config: without sources all of its sources, without `--to` all of its
 * targets but those that a mirror fills. A word that is the name of a configured source or target means that one; `./data` is a path.
 *
 * @param filter what the options choose, for every source
 * @param command whose words they are
 * @throws CliError `USAGE`, `CONFIG`, `CONFIG_REFUSED`
 */
export async function planBackup(
  session: Session,
  operands: readonly string[],
  to: readonly string[] | undefined,
  filter: FilterSpec,
  command = 'backup',
): Promise<BackupPlan> {
  const mayNeedConfig = operands.length === 0 || to === undefined || operands.some((word) => SOURCE_NAME.test(word));
  const config = mayNeedConfig ? await session.config() : undefined;
  const chosen: readonly SourceSpec[] =
    operands.length === 0 ? (config?.sources ?? []) : operands.map((word) => sourceOf(word, config));
  const sources = chosen.map((source) => ({ ...source, filter: joinedFilter(source.filter, filter) }));
  if (sources.length === 0) throw noSource(config, command);
  const words = to ?? (config === undefined ? [] : filledByBackup(config));
  if (words.length === 0) throw noTarget(config);
  const targets = await Promise.all(words.map((word) => session.targetNamed(word)));
  const isConfigured = targets.some(({ name }) => name !== undefined) || chosen.some((source) => isOf(config, source));
  return { sources, targets, words, config: isConfigured ? await session.config() : undefined };
}

function isOf(config: Config | undefined, source: SourceSpec): boolean {
  return config?.sources.some((configured) => configured === source) === true;
}

function sourceOf(word: string, config: Config | undefined): SourceSpec {
  return config?.sources.find(({ name }) => name === word) ?? parseSource(word);
}

/** All targets but those that a mirror fills: what is copied there afterwards need not be written twice. */
function filledByBackup(config: Config): string[] {
  const mirrored = new Set(config.mirrors.map(({ to }) => to));
  return [...config.targets.keys()].filter((name) => !mirrored.has(name));
}

function noSource(config: Config | undefined, command: string): CliError {
  const message = `${command} needs a source: a folder or a file`;
  const hint =
    config === undefined ? 'Name them, or keep them in a config: holdfast init.' : `${config.path} has none.`;
  return new CliError({ code: 'USAGE', message, hint });
}

function noTarget(config: Config | undefined): CliError {
  const where = 'Say where the snapshot goes: --to ./backups, --to backup.zip or --to s3://bucket/prefix';
  const hint =
    config === undefined ? `${where}; or keep it in a config: holdfast init.` : `${where}; ${config.path} has none.`;
  return new CliError({ code: 'USAGE', message: 'backup needs a target', hint });
}
