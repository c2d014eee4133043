import { posix } from 'node:path';
import { attributesOf } from '../xml/attributes.js';
import type { Archive } from '../zip/archive.js';
import { readPart } from '../zip/read-part.js';

/** A part that another one names. */
export interface Relationship {
  readonly id: string;
  /** The last segment of its type: `worksheet`, `sharedStrings`. The rest differs between the two editions of the standard. */
  readonly type: string;
  /** The name of the member. */
  readonly target: string;
}

/** What a part names; nothing if it has no list. `part` is `''` for the package itself. What lies outside of the file is left out. */
export async function relationshipsOf(archive: Archive, part: string): Promise<readonly Relationship[]> {
  const folder = posix.dirname(part);
  const list = posix.join(folder, '_rels', `${posix.basename(part)}.rels`);
  const found: Relationship[] = [];
  if (!archive.has(list)) return found;
  await readPart(archive, list, {
    open(name, attributes) {
      if (name !== 'Relationship') return;
      const all = attributesOf(attributes);
      if (all.get('TargetMode') === 'External') return;
      const type = all.get('Type') ?? '';
      found.push({
        id: all.get('Id') ?? '',
        type: type.slice(type.lastIndexOf('/') + 1),
        target: posix.join('/', folder, resolved(all.get('Target') ?? '', folder)).slice(1),
      });
    },
    close: () => undefined,
  });
  return found;
}

function resolved(target: string, folder: string): string {
  const path = target.replaceAll('\\', '/');
  return path.startsWith('/') ? posix.relative(posix.join('/', folder), path) : path;
}
