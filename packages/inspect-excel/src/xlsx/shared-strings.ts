import { ContentError } from '../content-error.js';
import { unescapeCellText } from '../xml/entities.js';
import { textCollector } from '../xml/text-collector.js';
import type { Archive } from '../zip/archive.js';
import { readPart } from '../zip/read-part.js';

/** The texts of a workbook, each of which stands in it once. */
export interface SharedStrings {
  /** `undefined` if there is none of this number. */
  at(index: number): string | undefined;
}

/** Texts are packed by this many: as strings of their own they would take three times the memory. */
const BLOCK_TEXTS = 4096;
const BLOCK_CHARACTERS = 4 * 1024 * 1024;
/** Of all texts, packed: they are the one thing of a workbook that is held. */
const MAX_BYTES = 512 * 1024 * 1024;
/** The texts that come often are kept as strings: `Present`, `Absent`. */
const REMEMBERED = 16_384;
const REMEMBERED_BYTES = 64;

interface Block {
  /** The number of its first text. */
  readonly first: number;
  readonly bytes: Buffer;
  /** Where each text ends; it begins where the one before it ends. */
  readonly ends: Uint32Array;
}

/** Reads them all. Phonetic readings (`rPh`) of Japanese texts are left out: they stand beside the text. */
export async function readSharedStrings(archive: Archive, part: string | undefined): Promise<SharedStrings> {
  const packer = textPacker();
  if (part !== undefined && archive.has(part)) {
    const text = textCollector();
    let phonetic = 0;
    let isInText = false;
    await readPart(archive, part, {
      open(name) {
        if (name === 'rPh') phonetic += 1;
        else if (name === 't') isInText = phonetic === 0;
      },
      text(piece) {
        if (isInText) text.add(piece);
      },
      close(name) {
        if (name === 't') isInText = false;
        else if (name === 'rPh') phonetic -= 1;
        else if (name === 'si') packer.add(unescapeCellText(text.take()));
      },
    });
  }
  return packer.packed();
}

interface TextPacker {
  add(text: string): void;
  packed(): SharedStrings;
}

function textPacker(): TextPacker {
  const blocks: Block[] = [];
  let texts: string[] = [];
  let characters = 0;
  let packedTexts = 0;
  let packedBytes = 0;

  function pack(): void {
    const ends = new Uint32Array(texts.length);
    let end = 0;
    texts.forEach((text, index) => {
      end += Buffer.byteLength(text);
      ends[index] = end;
    });
    packedBytes += end;
    if (packedBytes > MAX_BYTES) throw new ContentError('TOO_LARGE', 'its texts alone take more memory than they may');
    const bytes = Buffer.allocUnsafeSlow(end);
    // Each by itself: half a character at the end of one must not join that at the beginning of the next.
    texts.forEach((text, index) => {
      bytes.write(text, ends[index - 1] ?? 0);
    });
    blocks.push({ first: packedTexts, bytes, ends });
    packedTexts += texts.length;
    texts = [];
    characters = 0;
  }

  return {
    add(text) {
      texts.push(text);
      characters += text.length;
      if (texts.length === BLOCK_TEXTS || characters > BLOCK_CHARACTERS) pack();
    },
    packed() {
      if (texts.length > 0) pack();
      return stringsOf(blocks, packedTexts);
    },
  };
}

function stringsOf(blocks: readonly Block[], count: number): SharedStrings {
  const indexes = new Int32Array(REMEMBERED).fill(-1);
  const remembered: string[] = [];
  return {
    at(index) {
      if (!(index >= 0 && index < count)) return undefined;
      const slot = index % REMEMBERED;
      if (indexes[slot] === index) return remembered[slot];
      const block = blockOf(blocks, index);
      if (block === undefined) return undefined;
      const within = index - block.first;
      const begin = within === 0 ? 0 : (block.ends[within - 1] ?? 0);
      const end = block.ends[within] ?? begin;
      const text = block.bytes.toString('utf8', begin, end);
      if (end - begin <= REMEMBERED_BYTES) {
        indexes[slot] = index;
        remembered[slot] = text;
      }
      return text;
    },
  };
}

/** The last one that begins at this number or before. */
function blockOf(blocks: readonly Block[], index: number): Block | undefined {
  let low = 0;
  let high = blocks.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((blocks[middle]?.first ?? 0) <= index) low = middle;
    else high = middle - 1;
  }
  return blocks[low];
}
