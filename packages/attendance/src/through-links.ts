import { lstatSync, readlinkSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

/** So many links in a row Linux follows as well. */
const MAX_LINKS = 40;

/** The path that a link leads to in the end, also where nothing is there any more; of what is no link, the path itself. */
export function throughLinks(path: string): string {
  let at = path;
  for (let links = 0; links < MAX_LINKS; links += 1) {
    if (lstatSync(at, { throwIfNoEntry: false })?.isSymbolicLink() !== true) return at;
    at = resolve(dirname(at), readlinkSync(at));
  }
  return path;
}
