import { basename, extname, resolve } from 'node:path';
import { parseAddress } from '@holdfast/core';
import { CliError } from '../cli-error.js';
import { parseSource } from '../compose/sources.js';
import type { ConfigFile, TargetMembers } from '../config/config-file.js';
import { CONFIG_SCHEMA_URL } from '../config/config-schema-url.js';

/** A source or a target with the name it gets. */
export interface NamedWord<Value> {
  readonly name: string;
  readonly value: Value;
}

/** `NAME=` before an address. An address may hold `=` itself, behind a slash. */
const NAMED_TARGET = /^([A-Za-z][A-Za-z0-9._-]*)=(.+)$/s;

/** What a source is called where it is not said: as its folder, or as its file without the ending. */
export function sourceDraft(word: string, taken: ReadonlySet<string>): NamedWord<string> {
  const { name, path } = parseSource(word);
  const own = basename(resolve(path));
  const wanted = name ?? (own.slice(0, own.length - extname(own).length) || own || 'files');
  return { name: freeName(wanted, taken), value: path };
}

/**
 * What a target is called where it is not said: as its folder, archive or bucket.
 *
 * @throws CliError `USAGE` for a single archive, which holds one snapshot and can be no place to come back to
 */
export function targetDraft(word: string, taken: ReadonlySet<string>): NamedWord<string | TargetMembers> {
  const [, name, rest] = NAMED_TARGET.exec(word) ?? [];
  const url = rest ?? word;
  const { scheme, location } = parseAddress(url);
  if (scheme === 'zip' && /\.zip$/i.test(location)) {
    throw new CliError({
      code: 'USAGE',
      message: `${url} is one archive, which holds one snapshot`,
      hint: `Keep many in a folder of archives: zip:${location.replace(/\.zip$/i, '')}.`,
    });
  }
  const own = scheme === 's3' ? (location.split('/')[0] ?? '') : basename(resolve(location));
  const letters = own.replace(/[^A-Za-z0-9._-]+/g, '-').replace(/^[^A-Za-z]+/, '');
  const wanted = name ?? (/\.zip$/i.test(letters) || letters === '' ? 'target' : letters);
  // A new s3: target has to be told its format; see `docs/cli.md`, backup.
  return { name: freeName(wanted, taken), value: scheme === 's3' ? { url, format: 'plain' } : url };
}

function freeName(wanted: string, taken: ReadonlySet<string>): string {
  if (!taken.has(wanted)) return wanted;
  for (let number = 2; ; number++) if (!taken.has(`${wanted}-${number}`)) return `${wanted}-${number}`;
}

/** The config of these words. @throws CliError `USAGE` */
export function configDraft(sources: readonly string[], targets: readonly string[]): ConfigFile {
  const ownSources = new Map<string, string>();
  for (const word of sources) {
    const { name, value } = sourceDraft(word, new Set(ownSources.keys()));
    ownSources.set(name, value);
  }
  const ownTargets = new Map<string, string | TargetMembers>();
  for (const word of targets) {
    const { name, value } = targetDraft(word, new Set(ownTargets.keys()));
    ownTargets.set(name, value);
  }
  return {
    $schema: CONFIG_SCHEMA_URL,
    sources: Object.fromEntries(ownSources),
    targets: Object.fromEntries(ownTargets),
  };
}
