import { textCollector } from '../xml/text-collector.js';

/** Spaces that one element stands for are written out up to this number. */
const MAX_SPACES = 32_767;

/** The text of a cell, from its paragraphs. */
export interface CellText {
  /** An element within the cell begins: how deep below it, 1 for those that are directly in it. */
  open(name: string, depth: number, count: string | undefined): void;
  text(piece: string): void;
  close(name: string, depth: number): void;
  take(): string;
}

/** What stands beside a text and is none of it: comments, pictures and their captions, the readings of East Asian signs. */
const BESIDE: ReadonlySet<string> = new Set([
  'annotation',
  'ruby-text',
  'note',
  'frame',
  'custom-shape',
  'detective',
  'g',
]);

/** Paragraphs are lines. Blanks that follow each other are one (ODF 1.3, 6.1.2), but for those that `text:s` stands for. */
export function cellText(): CellText {
  const collected = textCollector();
  let isInParagraph = false;
  let paragraphs = 0;
  let beside = 0;
  let endsInBlank = true;

  function add(text: string): void {
    collected.add(text);
    endsInBlank = false;
  }

  return {
    open(name, depth, count) {
      if (BESIDE.has(name)) beside += 1;
      if (beside > 0) return;
      if (name === 'p' && depth === 1) {
        if (paragraphs > 0) collected.add('\n');
        paragraphs += 1;
        isInParagraph = true;
        endsInBlank = true;
      } else if (!isInParagraph) return;
      else if (name === 's') add(' '.repeat(Math.min(MAX_SPACES, Number(count ?? 1) || 1)));
      else if (name === 'tab') add('\t');
      else if (name === 'line-break') {
        add('\n');
        endsInBlank = true;
      }
    },
    text(piece) {
      if (!isInParagraph || beside > 0) return;
      let text = piece.replace(/[ \t\r\n]+/g, ' ');
      if (endsInBlank && text.startsWith(' ')) text = text.slice(1);
      if (text === '') return;
      collected.add(text);
      endsInBlank = text.endsWith(' ');
    },
    close(name, depth) {
      if (BESIDE.has(name)) beside -= 1;
      else if (name === 'p' && depth === 1) isInParagraph = false;
    },
    take() {
      paragraphs = 0;
      isInParagraph = false;
      return collected.take();
    },
  };
}
