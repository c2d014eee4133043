import { ContentError } from '../content-error.js';
import type { Cell } from '../workbook/workbook.js';
import { attributeOf } from '../xml/attributes.js';

/** Formulas that stand once for many cells are held as long as their sheet is read. */
const MAX_CHARACTERS = 64 * 1024 * 1024;

/** Gives each cell its formula, also where the file has it at another one. */
export interface SharedFormulas {
  /** A formula element begins. */
  begin(attributes: string): void;
  /** It ends, and this was in it. */
  take(text: string, row: number, column: number): Pick<Cell, 'formula' | 'formulaFrom'> | undefined;
}

interface Master {
  readonly formula: string;
  readonly formulaFrom: { readonly row: number; readonly column: number };
}

/** For one sheet. */
export function sharedFormulas(): SharedFormulas {
  const masters = new Map<string, Master>();
  let characters = 0;
  let shared: string | undefined;
  return {
    begin(attributes) {
      shared = attributeOf(attributes, 't') === 'shared' ? attributeOf(attributes, 'si') : undefined;
    },
    take(text, row, column) {
      if (shared === undefined) return { formula: text };
      if (text === '') return masters.get(shared) ?? { formula: '' };
      characters += text.length;
      if (characters > MAX_CHARACTERS)
        throw new ContentError('TOO_LARGE', 'its formulas take more memory than they may');
      masters.set(shared, { formula: text, formulaFrom: { row, column } });
      return { formula: text };
    },
  };
}
