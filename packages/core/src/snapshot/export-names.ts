import { foldName } from './fold-name.js';

/** What a part of a file (a sheet) needs to be named: see `ExportPart` of the inspectors. */
export interface NamedPart {
  /** As the file has it: anything, of any length. */
  readonly name: string;
  /** 0 for the first one of the file. */
  readonly index: number;
  /** Without a dot: `csv`. */
  readonly extension: string;
}

/** A sheet may be called anything, an `.ods` even by a thousand characters; most file systems take 255 bytes with all that stands around it. */
const MAX_PART_BYTES = 100;

/** What an export's name never has: it would be a separator or a device somewhere, or move a cursor. */
const NEVER = /[^\p{L}\p{N} _.-]/gu;

/**
 * Names of exports in one folder: `STEM.csv` for the first part of a file, `STEM.PART.csv` for each further one. In the name of a
 * part all but letters, digits, space, `_`, `.` and `-` become `_`, and no more than 100 bytes of it are used. A name that is taken, also
 * in other case or composed in another way, gets `-2`.
 */
export class ExportNames {
  readonly #taken = new Set<string>();
  /** How often a name was wanted, so that thousands of equal ones do not each count from two. */
  readonly #wanted = new Map<string, number>();

  /** @param taken names that others in the folder have: a file of a source wins over an export. */
  constructor(taken: Iterable<string> = []) {
    for (const name of taken) this.#taken.add(foldName(name));
  }

  /** The name of a part. Another one each time it is asked for. */
  nameOf(stem: string, part: NamedPart): string {
    const base = part.index === 0 ? stem : `${stem}.${partWord(part.name)}`;
    return this.#free(base, `.${part.extension}`);
  }

  /** The name of a folder among them. Another one each time it is asked for. */
  folderOf(name: string): string {
    return this.#free(name, '');
  }

  #free(base: string, ending: string): string {
    const folded = foldName(base + ending);
    for (let number = this.#wanted.get(folded) ?? 1; ; number++) {
      const name = `${base}${number === 1 ? '' : `-${number}`}${ending}`;
      if (this.#taken.has(foldName(name))) continue;
      this.#taken.add(foldName(name));
      this.#wanted.set(folded, number + 1);
      return name;
    }
  }
}

/** The name of a part as it can stand in a file name. */
function partWord(name: string): string {
  const word = name.normalize('NFC').replace(NEVER, '_');
  let sizeBytes = 0;
  let kept = '';
  for (const character of word) {
    sizeBytes += Buffer.byteLength(character);
    if (sizeBytes > MAX_PART_BYTES) break;
    kept += character;
  }
  return kept;
}
