import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { ResolvedSource } from './sources.js';

/** A pattern that was most likely meant to count from elsewhere, and as it would be written from the top of the source. */
export interface MisplacedPattern {
  readonly pattern: string;
  readonly meant: string;
  readonly source: string;
}

/**
 * Patterns of the options that begin with a source's path, or with its name as in a snapshot, while no source that they are given for has
 * anything of that name at its top: they fit nothing, and count from the top of each source. No reason to refuse a backup, which may have had such a folder yesterday.
 */
export function misplacedPatterns(sources: readonly ResolvedSource[]): MisplacedPattern[] {
  const found = new Map<string, MisplacedPattern>();
  for (const { filter, path, name, type } of sources) {
    if (type !== 'directory') continue;
    for (const pattern of [...(filter?.include ?? []), ...(filter?.exclude ?? [])]) {
      const body = pattern.replace(/^!/, '');
      // On Windows a path holds backslashes, and a pattern cannot begin with it.
      const prefix = [`${path}/`, `/${name}/`, `${name}/`].find((start) => body.startsWith(start));
      const rest = prefix === undefined ? '' : body.slice(prefix.length);
      if (rest === '' || found.has(pattern)) continue;
      const [first = ''] = body.replace(/^\//, '').split('/');
      const given = sources.filter((source) =>
        [source.filter?.include, source.filter?.exclude].flat().includes(pattern),
      );
      if (given.some((source) => existsSync(join(source.realPath, first)))) continue;
      found.set(pattern, { pattern, meant: `${pattern.startsWith('!') ? '!' : ''}/${rest}`, source: path });
    }
  }
  return [...found.values()];
}
