import type { Cell } from '../workbook/workbook.js';

/** `-1.5E-7`, and beyond what a double holds too; no other words that a language takes for numbers (`0x10`, `Infinity`). */
const NUMBER = /^\s*[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?\s*$/;
/** `#N/A`, `#DIV/0!`, `Err:502`, in any language: nothing that separates fields, and nothing that a formula begins with. */
const ERROR = /^[#\p{L}\p{N}][\p{L}\p{N}/_!?:. ¡¿]*$/u;
/** Of a day or a moment, of a time, also one that is less than nothing. */
const DATE = /^[+-]?\d[\d:.T-]*(?:Z|[+-]\d\d:\d\d)?$/;

type WrittenKind = 'number' | 'error' | 'date';

const WORDS: Readonly<Record<WrittenKind, RegExp>> = { number: NUMBER, error: ERROR, date: DATE };

/**
 * A value of the kind that its cell says, or a text where it is none: what is no text is written to the CSV without quotes and without
 * the guard against formulas, so a file must not get there by calling `=1+1,2` a number.
 */
export function asSaid(kind: WrittenKind, text: string): Pick<Cell, 'kind' | 'text'> {
  return { kind: text === '' || WORDS[kind].test(text) ? kind : 'text', text };
}
