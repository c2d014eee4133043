import type { NamedPart } from '../snapshot/export-names.js';
import { ExportNames, foldName } from '../snapshot/index.js';
import { windowsNameFault } from '../target/index.js';

/** A file of a source that may be exported. */
export interface ExportingFile {
  /** The source's name. */
  readonly sourceName: string;
  /** Below the source's top: `['sub', 'data.xlsx']`; of a lone file its name alone. */
  readonly names: readonly string[];
}

/** Where the exports of one file go. */
export interface ExportPlace {
  /** The folders that hold them, the outermost first, each with the path of what it stands for; none where they lie at the snapshot's top. */
  readonly folders: readonly { readonly path: string; readonly exportOf: string }[];
  /** The path of a part. Another one each time it is asked for. */
  pathOf(part: NamedPart): string;
}

/** A folder of a source, and the one that holds its exports. */
interface OpenFolder {
  readonly name: string;
  readonly exportOf: string;
  readonly names: ExportNames;
  /** Its path, once something in it has asked for one. */
  path: string | undefined;
}

/**
 * Where exports go in a snapshot (design 1): those of the first file of a name at the top of its source to the snapshot's top, as `NAME_backup.csv`
 * and `NAME_backup.<part>.csv`; those of any other file to `<source>_backup/<folders>/`. Files must come in the order of the manifest, and every one
 * that could be exported, whether it is or not: so a name stays what it is while another file is broken.
 */
export class ExportPlaces {
  readonly #top: OpenFolder;
  /** Folded stems that the top has given away. */
  readonly #topStems = new Set<string>();
  /** The folders that the last file lies in, from its source on. */
  readonly #open: OpenFolder[] = [];

  /** @param topNames what the sources have at the snapshot's top: these win. */
  constructor(topNames: Iterable<string>) {
    this.#top = { name: '', exportOf: '', names: new ExportNames(topNames), path: '' };
  }

  place({ sourceName, names }: ExportingFile): ExportPlace {
    const stem = stemOf(names.at(-1) ?? '');
    this.#enter([sourceName, ...names.slice(0, -1)]);
    const isFirst = names.length === 1 && !this.#topStems.has(foldName(stem));
    if (isFirst) this.#topStems.add(foldName(stem));
    const chain = isFirst ? [this.#top] : [this.#top, ...this.#open];
    return {
      get folders() {
        return chain
          .slice(1)
          .map((_, at) => ({ path: pathOf(chain, at + 1), exportOf: chain[at + 1]?.exportOf ?? '' }));
      },
      pathOf: (part) => joined(pathOf(chain, chain.length - 1), nameAt(chain).nameOf(stem, part)),
    };
  }

  /** Keeps the folders that the last file was in too, and no other: what is left is never entered again. */
  #enter(folders: readonly string[]): void {
    let kept = 0;
    while (kept < this.#open.length && kept < folders.length && this.#open[kept]?.name === folders[kept]) kept += 1;
    this.#open.length = kept;
    for (const name of folders.slice(kept)) {
      const above = this.#open.at(-1);
      this.#open.push({
        name,
        exportOf: joined(above?.exportOf ?? '', name),
        names: new ExportNames(),
        path: undefined,
      });
    }
  }
}

/** The path of the folder at this place of a chain; it gets one when it is first needed, so that no name is taken in vain. */
function pathOf(chain: readonly OpenFolder[], at: number): string {
  const folder = chain[at];
  const above = chain[at - 1];
  if (folder === undefined) return '';
  if (folder.path === undefined && above !== undefined) {
    const name = portableName(folder.name, MAX_FOLDER_BYTES, at === 1 ? '_backup' : '');
    folder.path = joined(pathOf(chain, at - 1), above.names.folderOf(name));
  }
  return folder.path ?? '';
}

function nameAt(chain: readonly OpenFolder[]): ExportNames {
  return (chain.at(-1) as OpenFolder).names;
}

function joined(folder: string, name: string): string {
  return folder === '' ? name : `${folder}/${name}`;
}

/** With the name of a part, a number and what stands between them a name stays below the 255 bytes that file systems take. */
const MAX_STEM_BYTES = 120;
const MAX_FOLDER_BYTES = 200;

function stemOf(fileName: string): string {
  const dot = fileName.lastIndexOf('.');
  return portableName(dot > 0 ? fileName.slice(0, dot) : fileName, MAX_STEM_BYTES, '_backup');
}

/** What no name on Windows has ("Naming Files, Paths, and Namespaces"), and what is no character at all. */
const NOT_PORTABLE = /[\p{Cc}\p{Surrogate}<>:"/\\|?*\ufffd]/gu;

/** A name as it was, but for what another system could not have, and with this behind it. */
function portableName(name: string, maxBytes: number, behind: string): string {
  let kept = '';
  let sizeBytes = 0;
  for (const character of name.replace(NOT_PORTABLE, '_')) {
    sizeBytes += Buffer.byteLength(character);
    if (sizeBytes > maxBytes) break;
    kept += character;
  }
  const named = kept.replace(/[ .]+$/, (end) => '_'.repeat(end.length)) + behind;
  // The name of a device.
  return windowsNameFault(named) === undefined ? named : `_${named}`;
}
